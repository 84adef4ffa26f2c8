import Checkpoints
import Testing

@Suite struct RecordValueTests {
  private func parse(_ text: String) throws -> RecordValue { try RecordValue.parse(Array(text.utf8)) }

  @Test func parse_readsEveryKindAndKeepsTheOrderOfKeys() throws {
    let value = try parse(#" {"z":[1,-2,0.5,1e3,-0.0],"a":{"t":true,"f":false,"n":null},"s":"\"\\\/\b\f\n\r\té😀é"} "#)
    #expect(
      value
        == .map([
          .init("z", .list([.integer(1), .integer(-2), .real(0.5), .real(1_000), .real(-0.0)])),
          .init("a", .map([.init("t", .bool(true)), .init("f", .bool(false)), .init("n", .null)])),
          .init("s", .text("\"\\/\u{8}\u{c}\n\r\té😀é")),
        ]))
    #expect(value["a"]?["t"]?.bool == true)
    #expect(value["missing"] == nil)
    #expect(value["z"]?.list?[3].integer == 1_000)
    #expect(value["z"]?.list?[2].integer == nil)
    #expect(try parse("92233720368547758080").real == 9.223372036854776e19)
  }

  @Test(arguments: [
    "", " ", "{", "}", "[1,]", "[,1]", "[1 2]", #"{"a":1,}"#, #"{"a" 1}"#, "{a:1}", "01", "-", "1.", ".5", "1e", "1e+",
    "+1",
    "0x10", "NaN", "Infinity", "-Infinity", "tru", "True", "nul", "'a'", "\"a", "\"\\\"", "\"\u{9}\"", "[1]]", "1 2",
    "//\n1",
    #"{"a":1,"a":2}"#, #"{"a":1,"\u0061":2}"#, "1e999", "\u{feff}1", "[\u{a0}1]", "\u{c}1", #""\u12""#, #""\uD83D""#,
    #""\uD83Dx""#,
  ])
  func parse_whenTextIsNoStrictJSON_throws(_ text: String) {
    let error = failure({ _ = try parse(text) }, "\(text)")
    guard case .json = error?.cause else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test func parse_whenNestedToTheLimit_reads_andOneDeeperIsRefused() throws {
    func nested(_ depth: Int) -> String { String(repeating: "[", count: depth) + String(repeating: "]", count: depth) }
    _ = try parse(nested(64))
    let error = failure { _ = try parse(nested(65)) }
    #expect(error?.description == "byte 64 of the JSON: nested deeper than 64 levels")
    _ = failure { _ = try parse(nested(1_000_000)) }
  }

  @Test func render_readsBackAsTheSameValueAndGivesTheSameBytes() throws {
    let value = RecordValue.object([
      ("text", .text("line\n\"quoted\" \\ é \u{1} 😀")),
      (
        "numbers",
        .list([
          .integer(.min), .integer(.max), .real(0.1), .real(.leastNonzeroMagnitude), .real(1.7976931348623157e308),
        ])
      ),
      ("nothing", nil),
      ("maps", .list([.object([("a", .null)]), .map([])])),
      ("empty", .list([])),
      ("pairs", .list([.list([.integer(0), .integer(9)])])),
    ])
    let text = value.render()
    #expect(try parse(text) == value)
    #expect(try parse(text).render() == text)
    #expect(text.contains("\"pairs\": [[0, 9]]"))
    #expect(!text.contains("nothing"))
  }

  @Test func render_whenNumberIsNotFinite_writesNull() {
    #expect(RecordValue.list([.real(.nan), .real(.infinity)]).render() == "[null, null]")
  }

  @Test func parse_whenBytesAreMutated_throwsOrRendersWhatItRead() throws {
    let sound = Array(#"{"a":[1,2.5e-3,"xé\u00e9"],"b":{"c":null,"d":true}}"#.utf8)
    var generator = SeededGenerator(seed: 3)
    for _ in 0..<20_000 {
      var text = sound
      for _ in 0..<Int.random(in: 1...3, using: &generator) {
        text[Int.random(in: 0..<text.count, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
      }
      guard let value = try? RecordValue.parse(text) else { continue }
      #expect(try RecordValue.parse(Array(value.render().utf8)) == value)
    }
  }
}
