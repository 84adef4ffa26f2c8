import Datasets
import Testing

@Suite struct SafetensorsFormatTests {
  private func file(x: String, shape: [Int], y: String, _ data: [UInt8], xBytes: Int) -> [UInt8] {
    safetensors(
      #"{"x":{"dtype":"\#(x)","shape":\#(shape),"data_offsets":[0,\#(xBytes)]},"#
        + #""y":{"dtype":"\#(y)","shape":[\#(shape[0])],"data_offsets":[\#(xBytes),\#(data.count)]}}"#, data)
  }

  private func small() throws -> Scratch {
    let scratch = try Scratch()
    let x = float32([1, 2, 3, 4, 5, 6])
    let y = [1, 0].flatMap { littleEndian($0, bytes: 8) }
    try scratch.write("train.safetensors", file(x: "F32", shape: [2, 3], y: "I64", x + y, xBytes: 24))
    try scratch.write(
      "heldout.safetensors",
      file(x: "F32", shape: [1, 3], y: "I64", float32([7, 8, 9]) + littleEndian(2, bytes: 8), xBytes: 12))
    return scratch
  }

  @Test func tensors_areRows() throws {
    let scratch = try small()
    defer { scratch.keep() }
    let data = try Dataset.open(tensors(scratch))
    #expect(data.sampleShape == [3] && data.classCount == 3)
    #expect(data.train.labels == [1, 0])
    #expect(try data.train.values([1, 0]) == [4, 5, 6, 1, 2, 3])
  }

  @Test func halfPrecision_isWidened() throws {
    let scratch = try small()
    // 1.5, -2 (binary16), then the smallest subnormal; 1.5, -2, 1 in bfloat16.
    let half: [UInt8] = littleEndian(0x3E00, bytes: 2) + littleEndian(0xC000, bytes: 2) + [1, 0, 1]
    try scratch.write("train.safetensors", file(x: "F16", shape: [1, 3], y: "U8", half, xBytes: 6))
    try scratch.write("heldout.safetensors", file(x: "F16", shape: [1, 3], y: "U8", half, xBytes: 6))
    #expect(try Dataset.open(tensors(scratch)).train.values([0]) == [1.5, -2, 0x1p-24])
    let brain: [UInt8] = [0xC0, 0x3F, 0x00, 0xC0, 0x80, 0x3F, 1]
    try scratch.write("train.safetensors", file(x: "BF16", shape: [1, 3], y: "U8", brain, xBytes: 6))
    try scratch.write("heldout.safetensors", file(x: "BF16", shape: [1, 3], y: "U8", brain, xBytes: 6))
    #expect(try Dataset.open(tensors(scratch)).train.values([0]) == [1.5, -2, 1])
  }

  @Test func bytes_areDividedBy255() throws {
    let scratch = try small()
    let bytes: [UInt8] = [0, 255, 51, 102, 1, 0, 0, 0]
    for name in ["train.safetensors", "heldout.safetensors"] {
      try scratch.write(name, file(x: "U8", shape: [1, 2, 2], y: "I32", bytes, xBytes: 4))
    }
    let data = try Dataset.open(tensors(scratch))
    #expect(data.sampleShape == [1, 2, 2])
    #expect(try data.train.values([0]) == [0, 1, 0.2, 0.4])
  }

  @Test func files_thatAreNotXAndY_areRefused() throws {
    let scratch = try small()
    func fault(_ bytes: [UInt8]) throws -> DatasetError.FormatFault? {
      try scratch.write("train.safetensors", bytes)
      guard case .format(scratch.at("train.safetensors"), let fault) = refusal(tensors(scratch)) else { return nil }
      return fault
    }
    #expect(try fault([1, 2, 3]) == .size(found: 3, expected: 8))
    #expect(
      try fault(safetensors(#"{"x":{"dtype":"F32","shape":[1,1],"data_offsets":[0,4]}}"#, [0, 0, 0, 0]))
        == .missingTensor("y"))
    #expect(
      try fault(safetensors(#"{"y":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}"#, [0])) == .missingTensor("x"))
    #expect(
      try fault(file(x: "F32", shape: [1], y: "U8", [0, 0, 0, 0, 0], xBytes: 4))
        == .dimensions(found: 1, expected: "2 to 4 in x (rows first)"))
    #expect(
      try fault(file(x: "BOOL", shape: [1, 4], y: "U8", [0, 0, 0, 0, 0], xBytes: 4))
        == .tensorType(name: "x", found: "BOOL"))
    #expect(try fault(file(x: "F32", shape: [0, 4], y: "U8", [], xBytes: 0)) == .empty)
    for broken in [
      safetensors("{", []), littleEndian(1 << 40, bytes: 8) + [0], littleEndian(-1, bytes: 8),
      safetensors(#"{"x":{"dtype":"F32","shape":[9223372036854775807,9],"data_offsets":[0,4]}}"#, [0, 0, 0, 0]),
    ] {
      guard case .header = try fault(broken) else {
        Issue.record("a broken header was not refused as one")
        continue
      }
    }
  }
}
