import Datasets

/// Bytes of a CIFAR-10 row: the label, then pixels that depend on `seed`.
func cifarRow(_ label: UInt8, seed: UInt64) -> [UInt8] {
  var generator = Generator(seed)
  return [label] + (0..<3072).map { _ in UInt8.random(in: 0...255, using: &generator) }
}

func bigEndian(_ value: Int) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * $0)) } }
func littleEndian(_ value: Int, bytes: Int) -> [UInt8] {
  (0..<bytes).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
}

func idx(type: UInt8 = 8, _ sizes: [Int], _ elements: [UInt8]) -> [UInt8] {
  [0, 0, type, UInt8(sizes.count)] + sizes.flatMap(bigEndian) + elements
}

/// A gzip member of stored blocks: no compression, but everything that a reader must check.
func gzip(_ content: [UInt8]) -> [UInt8] {
  var bytes: [UInt8] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]
  let blocks =
    content.isEmpty
    ? [0..<0] : stride(from: 0, to: content.count, by: 65535).map { $0..<min($0 + 65535, content.count) }
  for block in blocks {
    bytes.append(block.upperBound == content.count ? 1 : 0)
    bytes += littleEndian(block.count, bytes: 2) + littleEndian(~block.count, bytes: 2) + content[block]
  }
  return bytes + littleEndian(Int(crc32(content)), bytes: 4) + littleEndian(content.count, bytes: 4)
}

private func crc32(_ bytes: [UInt8]) -> UInt32 {
  ~bytes.reduce(~UInt32(0)) { crc, byte in
    (0..<8).reduce(crc ^ UInt32(byte)) { value, _ in value >> 1 ^ (value & 1 == 1 ? 0xEDB8_8320 : 0) }
  }
}

func safetensors(_ header: String, _ data: [UInt8]) -> [UInt8] {
  littleEndian(header.utf8.count, bytes: 8) + Array(header.utf8) + data
}

func float32(_ values: [Float]) -> [UInt8] { values.flatMap { littleEndian(Int($0.bitPattern), bytes: 4) } }

func cifar10(_ scratch: Scratch, ids: String? = nil) -> DatasetDescription {
  DatasetDescription(
    source: .cifar10(train: scratch.at("train*.bin"), heldout: scratch.at("test.bin")), identifiers: ids.map(scratch.at)
  )
}

func table(
  _ scratch: Scratch, id: String? = nil, subject: String? = nil, features: [String]? = nil, ids: String? = nil,
  normalization: Normalization? = nil
) -> DatasetDescription {
  DatasetDescription(
    source: .csv(
      train: scratch.at("train*.csv"), heldout: scratch.at("heldout.csv"),
      columns: .init(label: "label", id: id, subject: subject, features: features)),
    identifiers: ids.map(scratch.at), normalization: normalization)
}

func images(_ scratch: Scratch, suffix: String = "") -> DatasetDescription {
  DatasetDescription(
    source: .idx(
      train: .init(images: scratch.at("train-images\(suffix)"), labels: scratch.at("train-labels\(suffix)")),
      heldout: .init(images: scratch.at("heldout-images\(suffix)"), labels: scratch.at("heldout-labels\(suffix)"))))
}

func tensors(_ scratch: Scratch) -> DatasetDescription {
  DatasetDescription(
    source: .safetensors(train: scratch.at("train.safetensors"), heldout: scratch.at("heldout.safetensors")))
}
