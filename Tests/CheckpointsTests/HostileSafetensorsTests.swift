import Checkpoints
import Testing

@Suite struct HostileSafetensorsTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let json: String
    let data: Int
    /// What the message must say.
    let says: String

    init(_ name: String, _ json: String, data: Int = 4, says: String) {
      self.name = name
      self.json = json
      self.data = data
      self.says = says
    }

    var testDescription: String { name }
  }

  private static func tensor(
    _ name: String = "a", dtype: String = #""F32""#, shape: String = "[1]", offsets: String = "[0,4]"
  ) -> String {
    #""\#(name)":{"dtype":\#(dtype),"shape":\#(shape),"data_offsets":\#(offsets)}"#
  }

  private static func one(
    dtype: String = #""F32""#, shape: String = "[1]", offsets: String = "[0,4]"
  ) -> String { "{" + tensor(dtype: dtype, shape: shape, offsets: offsets) + "}" }

  static let layout = [
    Case("overlap", "{\(tensor()),\(tensor("b", offsets: "[2,6]"))}", data: 6, says: #""b" begins at 2 where"#),
    Case(
      "same bytes twice", "{\(tensor()),\(tensor("b"))}", says: #""b" begins at 0 where the one before it ends at 4"#),
    Case("hole", "{\(tensor()),\(tensor("b", offsets: "[8,12]"))}", data: 12, says: #""b" begins at 8 where"#),
    Case("hole at the start", one(offsets: "[4,8]"), data: 8, says: "begins at 4 where the one before it ends at 0"),
    Case("trailing bytes", one(), data: 5, says: "5 bytes follow the header where its tensors need 4"),
    Case("missing bytes", one(), data: 3, says: "3 bytes follow the header where its tensors need 4"),
    Case("data without tensors", "{}", data: 1, says: "1 bytes follow"),
    Case("backwards", one(offsets: "[4,0]"), says: "begins at 4 and ends before that, at 0"),
    Case("size too small", one(shape: "[2]"), says: "has 4 bytes where its shape and dtype need 8"),
    Case("empty with bytes", one(shape: "[0]"), says: "has 4 bytes where its shape and dtype need 0"),
  ]

  static let numbers = [
    Case("negative size", one(shape: "[-1]"), says: "a number that cannot stand here"),
    Case("negative offset", one(offsets: "[-4,0]"), says: "a number that cannot stand here"),
    Case("minus zero", one(offsets: "[-0,4]"), says: "a number that cannot stand here"),
    Case("fraction", one(shape: "[1.0]"), says: "a number that cannot stand here"),
    Case("exponent", one(shape: "[1e0]"), says: "a number that cannot stand here"),
    Case("NaN", one(shape: "[NaN]"), says: "a number that cannot stand here"),
    Case("Infinity", one(shape: "[Infinity]"), says: "a number that cannot stand here"),
    Case("null shape", one(shape: "null"), says: "'n' where a list must stand"),
    Case("number in quotes", one(shape: #"["1"]"#), says: "cannot stand here"),
    Case("leading zero", one(shape: "[01]"), says: "cannot stand here"),
    Case("above 2^63", one(shape: "[9223372036854775808]"), says: "cannot stand here"),
    Case("offset above 2^64", one(offsets: "[0,18446744073709551620]"), says: "cannot stand here"),
    Case("product overflows", one(shape: "[4294967296,4294967296]"), says: "not a whole number of bytes below 2^63"),
    Case("overflow hidden by a zero", one(shape: "[4294967296,4294967296,0]", offsets: "[0,0]"), data: 0, says: "2^63"),
    Case("bytes overflow", one(shape: "[9223372036854775807]"), says: "not a whole number of bytes below 2^63"),
    Case("half a byte", one(dtype: #""F4""#, shape: "[1]", offsets: "[0,1]"), data: 1, says: "not a whole number"),
    Case("three offsets", one(offsets: "[0,2,4]"), says: "a list of more than 2 numbers"),
    Case("one offset", one(offsets: "[0]"), says: "lacks dtype, shape or its two data_offsets"),
    Case("65 dimensions", one(shape: "[" + String(repeating: "1,", count: 64) + "1]"), says: "more than 64 numbers"),
  ]

  static let keys = [
    Case("tensor twice", "{\(tensor()),\(tensor())}", says: #"the key "a" stands here a second time"#),
    Case("twice by escape", "{\(tensor()),\(tensor("\\u0061"))}", says: #"the key "a" stands here a second time"#),
    Case("dtype twice", #"{"a":{"dtype":"F32","dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#, says: "second time"),
    Case("metadata twice", #"{"__metadata__":{},"__metadata__":{}}"#, data: 0, says: "second time"),
    Case("metadata key twice", #"{"__metadata__":{"a":"","a":""}}"#, data: 0, says: "second time"),
    Case("metadata no object", #"{"__metadata__":[]}"#, data: 0, says: "'[' where an object must stand"),
    Case("metadata of a number", #"{"__metadata__":{"a":1}}"#, data: 0, says: "'1' where a string must stand"),
    Case("metadata nested", #"{"__metadata__":{"a":{"b":"c"}}}"#, data: 0, says: "'{' where a string must stand"),
    Case("unknown key", #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"x":1}}"#, says: #"unknown key "x""#),
    Case("unknown dtype", one(dtype: #""F128""#), says: #"unknown dtype "F128""#),
    Case("dtype in small letters", one(dtype: #""f32""#), says: #"unknown dtype "f32""#),
    Case("dtype no word", one(dtype: "32"), says: "'3' where a string must stand"),
    Case("no dtype", #"{"a":{"shape":[1],"data_offsets":[0,4]}}"#, says: "lacks dtype"),
    Case("no shape", #"{"a":{"dtype":"F32","data_offsets":[0,4]}}"#, says: "lacks dtype"),
    Case("no offsets", #"{"a":{"dtype":"F32","shape":[1]}}"#, says: "lacks dtype"),
    Case("tensor is a list", #"{"a":[]}"#, says: "'[' where an object must stand"),
  ]

  static let text = [
    Case("a list", "[]", data: 0, says: "begins with the byte 91"),
    Case("empty", "", data: 0, says: "its header is empty"),
    Case("space first", " {}", data: 0, says: "begins with the byte 32"),
    Case("byte order mark", "\u{feff}{}", data: 0, says: "begins with the byte 239"),
    Case("NUL padding", "{}\u{0}\u{0}", data: 0, says: "more text after the end"),
    Case("NUL inside", "{\u{0}}", data: 0, says: "the byte 0 where"),
    Case("second object", "{}{}", data: 0, says: "more text after the end"),
    Case("not closed", "{", data: 0, says: "ends too early"),
    Case("trailing comma", "{\(tensor()),}", says: "'}' where a string must stand"),
    Case("leading comma", "{,\(tensor())}", says: "',' where a string must stand"),
    Case("no comma", "{\(tensor())\(tensor("b"))}", says: "where ',' or the closing bracket must stand"),
    Case("no colon", #"{"a"{}}"#, data: 0, says: "where ':' must stand"),
    Case("single quotes", "{'a':{}}", data: 0, says: "where a string must stand"),
    Case("comment", "{/**/}", data: 0, says: "'/' where"),
    Case(
      "nesting", String(repeating: #"{"a":"#, count: 100_000), data: 0, says: #"tensor "a" has the unknown key "a""#),
    Case("nested lists", one(shape: String(repeating: "[", count: 100_000)), says: "cannot stand here"),
    Case("control character", "{\"a\u{1}\":{}}", data: 0, says: "a control character inside a string"),
    Case("half a pair", #"{"\ud800":{}}"#, data: 0, says: "an escape that stands for no character"),
    Case("pair reversed", #"{"\udc00\ud800":{}}"#, data: 0, says: "an escape that stands for no character"),
    Case("bad escape", #"{"\x41":{}}"#, data: 0, says: "an escape that stands for no character"),
    Case("signed escape", #"{"\u+041":{}}"#, data: 0, says: "an escape that stands for no character"),
    Case("open string", #"{"abc"#, data: 0, says: "ends too early"),
    Case("open escape", #"{"a\"#, data: 0, says: "ends too early"),
  ]

  @Test(arguments: layout + numbers + keys + text)
  func parse_whenFileIsHostile_refusesIt(_ hostile: Case) {
    let error = failure { _ = try parse(safetensors(hostile.json, data: hostile.data)) }
    let message = error?.description ?? ""
    #expect(message.contains(hostile.says), "\(message)")
    #expect(message.utf8.count < 600, "a message never repeats the file")
  }

  @Test func parse_whenNotUTF8_refusesIt() {
    for bad: [UInt8] in [[0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0xc3]] {
      let json = Array(#"{""#.utf8) + bad + Array(#"":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}"#.utf8)
      let error = failure { _ = try parse(safetensors(json, data: [])) }
      #expect(error?.description.contains("not UTF-8") == true)
    }
  }

  @Test func parse_whenNameIsAbsurd_quotesLittleOfIt() {
    let name = String(repeating: "x", count: 1_000_000)
    let error = failure {
      _ = try parse(safetensors(#"{"\#(name)":{"dtype":"?","shape":[],"data_offsets":[0,0]}}"#))
    }
    #expect((error?.description.utf8.count ?? 1_000) < 300)
  }
}
