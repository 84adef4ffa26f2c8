import Checkpoints

private nonisolated(unsafe) let file = MemoryFile()

/// A safetensors file: its header, the numbers of its float tensors, and its rows where it has x and y.
func takeSafetensors(_ bytes: [UInt8]) {
  do {
    let header = try SafetensorsHeader.parse(bytes, fileSize: bytes.count)
    checkTensors(header, fileSize: bytes.count)
    file.write(bytes)
    let opened = try SafetensorsFile(file.path)
    promise(opened.header == header, "a file's header is that of its bytes")
    // Each is looked for by its name; a few of a hundred thousand say as much.
    for tensor in header.tensors.prefix(64) where tensor.type.isFloat {
      promise(try opened.floats(tensor.name).count == tensor.count, "a tensor has as many numbers as its shape says")
    }
    if header.tensor("x") != nil { takeTensorRows(file.path) }
  } catch {
    promise(!error.description.isEmpty, "a refusal says why")
  }
}

/// config.json; what follows a byte 0 is the header of the weights beside it, whose tensors say what the model is.
func takeModel(_ bytes: [UInt8]) {
  let parts = bytes.split(separator: 0, maxSplits: 1, omittingEmptySubsequences: false).map(Array.init)
  do {
    let tensors = parts.count < 2 ? [] : try tensors(of: parts[1])
    let model = try ModelConfiguration.parse(parts[0], tensors: tensors)
    promise(model.classCount > 0 && model.labels.names.count == model.classCount, "every class has a name")
    // label2id is looked up name by name.
    guard model.classCount <= 256 else { return }
    let again = try ModelConfiguration.parse(model.render(), tensors: tensors)
    promise(again == model, "what is written is read back as the same")
  } catch {
    promise(!error.description.isEmpty, "a refusal says why")
  }
}

/// The tensors that a header describes whose file has the size that it should have.
private func tensors(of json: [UInt8]) throws(CheckpointError) -> [TensorEntry] {
  let bytes = withUnsafeBytes(of: UInt64(json.count).littleEndian) { Array($0) } + json
  do { return try SafetensorsHeader.parse(bytes, fileSize: bytes.count).tensors } catch {
    guard case .header(.dataSize(_, let expected)) = error, expected < 1 << 50 else { throw error }
    return try SafetensorsHeader.parse(bytes, fileSize: bytes.count + expected).tensors
  }
}

private func checkTensors(_ header: SafetensorsHeader, fileSize: Int) {
  var end = header.dataOffset
  for tensor in header.tensors {
    let range = header.fileRange(of: tensor)
    promise(range.lowerBound == end, "tensors lie side by side")
    promise(tensor.type.byteCount(elements: tensor.count) == range.count, "a tensor is as long as its shape says")
    end = range.upperBound
  }
  promise(end == fileSize, "the tensors fill the file")
  promise(Set(header.tensors.map(\.name)).count == header.tensors.count, "no tensor stands twice")
}
