import Datasets
import Testing

/// Bits flipped, bytes cut out, doubled and replaced, always with the same seed: whatever the bytes are, opening and
/// reading end with rows or with an error.
@Suite struct MutationTests {
  private static let rounds = 1500

  private func mutate(_ bytes: [UInt8], _ generator: inout Generator) -> [UInt8] {
    var bytes = bytes
    for _ in 0..<Int.random(in: 1...4, using: &generator) where !bytes.isEmpty {
      let index = Int.random(in: 0..<bytes.count, using: &generator)
      switch Int.random(in: 0..<6, using: &generator) {
      case 0: bytes[index] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
      case 1: bytes[index] = UInt8.random(in: 0...255, using: &generator)
      case 2: bytes.remove(at: index)
      case 3: bytes.insert(bytes[index], at: index)
      case 4: bytes.removeLast(bytes.count - index)
      default:
        let hostile: [UInt8] = [0, 0xFF, 0x22, 0x2C, 0x0A, 0x0D, 0x7B, 0x7D, 0x80]
        bytes[index] = hostile[Int.random(in: 0..<hostile.count, using: &generator)]
      }
    }
    return bytes
  }

  private func hammer(_ scratch: Scratch, _ name: String, _ whole: [UInt8], _ description: DatasetDescription) throws {
    var generator = Generator(UInt64(whole.count))
    var opened = 0
    for _ in 0..<Self.rounds {
      try scratch.write(name, mutate(whole, &generator))
      guard let data = try? Dataset.open(description) else { continue }
      opened += 1
      let rows = Array(0..<data.train.count)
      _ = try? data.train.values(rows)
      _ = try? data.train.rowDigests(salt: [1])
      _ = try? data.findings(for: nil)
    }
    // A mutation that never opens, or always does, tests nothing.
    #expect(opened < Self.rounds)
  }

  @Test func mutatedCSV_neverCrashes() throws {
    let scratch = try Scratch()
    let text = "who,owner,a,b,label\n\"p,1\",o,1.5,2e3,x\np2,o,-1,\"4\",\"y\"\"z\"\r\np3,,0,0,x\n"
    try scratch.write("heldout.csv", text)
    try hammer(scratch, "train.csv", Array(text.utf8), table(scratch, id: "who", subject: "owner"))
  }

  @Test func mutatedIDs_neverCrash() throws {
    let scratch = try Scratch()
    try scratch.write("train.bin", cifarRow(0, seed: 1) + cifarRow(1, seed: 2))
    try scratch.write("test.bin", cifarRow(0, seed: 3))
    try hammer(scratch, "ids.csv", Array("row,id,subject\n0,a,s\n1,b,s\n".utf8), cifar10(scratch, ids: "ids.csv"))
  }

  @Test func mutatedIDX_neverCrashes() throws {
    let scratch = try Scratch()
    let pictures = idx([3, 2, 2], [UInt8](0..<12))
    for split in ["train", "heldout"] {
      try scratch.write("\(split)-images", pictures)
      try scratch.write("\(split)-labels", idx([3], [0, 1, 2]))
    }
    try hammer(scratch, "train-images", pictures, images(scratch))
    try hammer(scratch, "train-images", gzip(pictures), images(scratch))
    try scratch.write("train-images", pictures)
    try hammer(scratch, "train-labels", idx([3], [0, 1, 2]), images(scratch))
  }

  @Test func mutatedSafetensors_neverCrash() throws {
    let scratch = try Scratch()
    let whole = safetensors(
      #"{"x":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]},"#
        + #""y":{"dtype":"U8","shape":[2],"data_offsets":[24,26]}}"#,
      float32([1, 2, 3, 4, 5, 6]) + [0, 1])
    try scratch.write("heldout.safetensors", whole)
    try hammer(scratch, "train.safetensors", whole, tensors(scratch))
  }

  @Test func mutatedCIFAR_neverCrashes() throws {
    let scratch = try Scratch()
    try scratch.write("test.bin", cifarRow(0, seed: 3))
    try hammer(scratch, "train.bin", cifarRow(0, seed: 1) + cifarRow(1, seed: 2), cifar10(scratch))
  }
}
