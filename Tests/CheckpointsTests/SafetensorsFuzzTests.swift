import Checkpoints
import Testing

/// Whatever the bytes, the parser answers with an error or with a header of which all that it promises is true.
@Suite struct SafetensorsFuzzTests {
  private let json =
    #"{"__metadata__":{"format":"pt"},"a.weight":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]},"#
    + #""b":{"dtype":"I64","shape":[],"data_offsets":[24,32]},"c":{"dtype":"BF16","shape":[0],"data_offsets":[32,32]}}"#

  @Test func parse_whenBytesAreMutated_refusesOrKeepsItsPromises() throws {
    let sound = safetensors(json, data: 32)
    var generator = SeededGenerator(seed: 20_260_101)
    var refused = 0
    for _ in 0..<40_000 {
      var file = sound
      for _ in 0..<Int.random(in: 1...4, using: &generator) { mutate(&file, using: &generator) }
      do {
        let header = try parse(file)
        try checkPromises(header, of: file)
      } catch is CheckpointError {
        refused += 1
      }
    }
    #expect(refused > 20_000)
  }

  @Test func parse_whenOneBitOfTheHeaderFlips_refusesOrKeepsItsPromises() throws {
    let sound = safetensors(json, data: 32)
    for bit in 0..<(8 + json.utf8.count) * 8 {
      var file = sound
      file[bit / 8] ^= 1 << (bit % 8)
      guard let header = try? parse(file) else { continue }
      try checkPromises(header, of: file)
    }
  }

  @Test func parse_whenBytesAreRandom_neverTraps() {
    var generator = SeededGenerator(seed: 7)
    for _ in 0..<20_000 {
      let alphabet = Array(#"{}[]":,\u0123e-.tfn "#.utf8)
      let json = (0..<Int.random(in: 0...60, using: &generator)).map { _ in
        alphabet.randomElement(using: &generator) ?? 0
      }
      _ = try? parse(safetensors([UInt8(ascii: "{")] + json, data: []))
    }
  }

  private func mutate(_ file: inout [UInt8], using generator: inout SeededGenerator) {
    let position = Int.random(in: 0..<file.count, using: &generator)
    switch Int.random(in: 0..<6, using: &generator) {
    case 0: file[position] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
    case 1: file[position] = UInt8.random(in: 0...255, using: &generator)
    case 2: file.remove(at: position)
    case 3: file.insert(UInt8.random(in: 0...255, using: &generator), at: position)
    case 4:
      let end = min(file.count, position + Int.random(in: 1...40, using: &generator))
      file.insert(contentsOf: file[position..<end], at: Int.random(in: 0...file.count, using: &generator))
    default: file[position] = UInt8(ascii: "0") + UInt8.random(in: 0...9, using: &generator)
    }
  }

  private func checkPromises(_ header: SafetensorsHeader, of file: [UInt8]) throws {
    var end = 0
    for tensor in header.tensors {
      #expect(tensor.range.lowerBound == end)
      #expect(tensor.type.byteCount(elements: tensor.count) == tensor.range.count)
      end = tensor.range.upperBound
    }
    #expect(header.dataOffset + end == file.count)
    #expect(Set(header.tensors.map(\.name)).count == header.tensors.count)
  }
}
