import Checkpoints
import Testing

@Suite struct SafetensorsHeaderTests {
  private let two =
    #"{"a":{"dtype":"F32","shape":[2,1],"data_offsets":[0,8]},"b":{"dtype":"U8","shape":[],"data_offsets":[8,9]}}"#

  @Test func parse_whenHeaderIsSound_givesTensorsInTheOrderOfTheirBytes() throws {
    let json =
      #" {"b":{"shape":[3],"data_offsets":[4,10],"dtype":"BF16"},"__metadata__":{"format":"pt","é":"\u00e9\n"},"#
      + #""a":{"dtype":"F32","shape":[],"data_offsets":[0,4]} }  "#
    let header = try parse(safetensors(String(json.dropFirst()), data: 10))
    #expect(
      header.tensors == [
        TensorEntry(name: "a", type: .float32, shape: [], range: 0..<4),
        TensorEntry(name: "b", type: .bfloat16, shape: [3], range: 4..<10),
      ])
    #expect(header.metadata == [.init(key: "format", value: "pt"), .init(key: "é", value: "é\n")])
    #expect(header.tensors.map(\.count) == [1, 3])
    #expect(header.dataOffset == 8 + json.utf8.count - 1)
    #expect(header.fileRange(of: header.tensors[1]) == header.dataOffset + 4..<header.dataOffset + 10)
    #expect(header.tensor("b")?.type == .bfloat16)
    #expect(header.tensor("c") == nil)
  }

  @Test func parse_whenTensorsAreEmpty_acceptsTheirEqualOffsets() throws {
    let json =
      #"{"e":{"dtype":"F32","shape":[0,9],"data_offsets":[4,4]},"a":{"dtype":"F32","shape":[],"data_offsets":[0,4]}}"#
    #expect(try parse(safetensors(json, data: 4)).tensors.map(\.name) == ["a", "e"])
    #expect(try parse(safetensors("{}")).tensors.isEmpty)
  }

  @Test func parse_readsEveryTypeOfTheFormat() throws {
    for type in ElementType.allCases {
      let bytes = try #require(type.byteCount(elements: 8))
      let json = #"{"t":{"dtype":"\#(type.rawValue)","shape":[2,4],"data_offsets":[0,\#(bytes)]}}"#
      #expect(try parse(safetensors(json, data: bytes)).tensors[0].type == type)
    }
  }

  @Test func read_asksForTheHeaderAlone() throws {
    let file = safetensors(two, data: 9)
    var asked: [Range<Int>] = []
    let header = try SafetensorsHeader.read(fileSize: file.count) { (range) throws(CheckpointError) in
      asked.append(range)
      return Array(file[range])
    }
    #expect(header == (try parse(file)))
    #expect(asked == [0..<8, 8..<header.dataOffset])
  }

  @Test func parse_whenTruncatedAnywhere_throws() {
    let file = safetensors(two, data: 9)
    for length in 0..<file.count {
      _ = failure({ _ = try parse(Array(file[..<length])) }, "\(length) bytes")
    }
    _ = failure({ _ = try SafetensorsHeader.parse(Array(file[..<20]), fileSize: file.count) })
  }

  @Test func length_whenPastTheLimit_isRefusedWithBothNumbers() {
    let error = failure {
      _ = try SafetensorsHeader.length(prefix: littleEndian(UInt64(100_000_001)), fileSize: 1 << 40)
    }
    #expect(
      error?.description
        == "not a safetensors file that can be trusted: its header has 100000001 bytes; at most 100000000 are allowed")
    _ = failure { _ = try SafetensorsHeader.length(prefix: littleEndian(UInt64.max), fileSize: .max) }
  }

  @Test func parse_whenHeaderIsAsLongAsAllowed_readsIt() throws {
    var json = Array(#"{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}"#.utf8)
    json += [UInt8](repeating: 0x20, count: CheckpointLimits.headerBytes - json.count)
    #expect(try parse(safetensors(json, data: [1])).tensors.count == 1)
  }

  @Test func parse_whenThereAre65536Tensors_readsThem_andOneMoreIsRefused() throws {
    func file(_ count: Int) -> [UInt8] {
      let tensors = (0..<count).map { #""t\#($0)":{"dtype":"U8","shape":[],"data_offsets":[\#($0),\#($0 + 1)]}"# }
      return safetensors("{" + tensors.joined(separator: ",") + "}", data: count)
    }
    #expect(try parse(file(65_536)).tensors.count == 65_536)
    let error = failure { _ = try parse(file(65_537)) }
    #expect(error?.description.hasSuffix("it has more than 65536 tensors") == true)
  }
}
