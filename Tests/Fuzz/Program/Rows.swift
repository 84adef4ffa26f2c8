import Datasets

private nonisolated(unsafe) let first = MemoryFile()
private nonisolated(unsafe) let second = MemoryFile()

/// A table, with owners of its rows and without.
func takeCSV(_ bytes: [UInt8]) {
  first.write(bytes)
  for columns in [
    DatasetDescription.Columns(label: "label"),
    DatasetDescription.Columns(label: "label", id: "who", subject: "owner"),
  ] { takeRows(.csv(train: first.path, heldout: first.path, columns: columns)) }
}

/// IDX, gzipped or not: once as the samples, beside as many labels, and once as the labels, beside as many samples.
func takeIDX(_ bytes: [UInt8]) {
  // A gzipped file hides how many there are; those of the corpus have three.
  let plain = bytes.count >= 8 && bytes[0] == 0
  let rows = plain ? bytes[4..<8].reduce(0) { $0 << 8 | Int($1) } : 3
  guard rows <= 1 << 16 else {
    first.write(bytes)
    let both = DatasetDescription.ImageFiles(images: first.path, labels: first.path)
    return takeRows(.idx(train: both, heldout: both))
  }
  let size = [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: rows >> $0) }
  let zeros = [UInt8](repeating: 0, count: rows)
  first.write(bytes)
  second.write([0, 0, 8, 1] + size + zeros)
  let samples = DatasetDescription.ImageFiles(images: first.path, labels: second.path)
  takeRows(.idx(train: samples, heldout: samples))
  second.write([0, 0, 8, 2] + size + [0, 0, 0, 1] + zeros)
  let labels = DatasetDescription.ImageFiles(images: second.path, labels: first.path)
  takeRows(.idx(train: labels, heldout: labels))
}

/// A safetensors file as rows: its tensors x and y.
func takeTensorRows(_ path: String) { takeRows(.safetensors(train: path, heldout: path)) }

/// Rows that are taken have labels below the number of classes, the same digests each time, and finite numbers or a refusal.
private func takeRows(_ source: DatasetDescription.Source) {
  do {
    let data = try Dataset.open(DatasetDescription(source: source))
    promise(data.train.count > 0 && data.train.count == data.train.labels.count, "every row has a label")
    promise(data.train.labels.allSatisfy { (0..<data.classCount).contains(Int($0)) }, "every label is a class")
    let digests = try data.train.rowDigests(salt: [1])
    promise(try digests == data.heldout.rowDigests(salt: [1]), "the same rows have the same digests")
    var sample = [Float](repeating: .nan, count: data.sampleElements)
    for row in 0..<min(data.train.count, 64) {
      try sample.withUnsafeMutableBufferPointer { (buffer) throws(DatasetError) in
        try data.train.read(rows: [row], into: buffer)
      }
      promise(sample.allSatisfy(\.isFinite), "row \(row) is finite")
    }
    _ = try data.findings(for: nil)
  } catch {
    promise(!error.description.isEmpty, "a refusal says why")
  }
}
