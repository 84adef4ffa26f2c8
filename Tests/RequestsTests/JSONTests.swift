import Requests
import Testing

@Suite struct JSONTests {
  @Test func json_whenGood_isReadAndWrittenBack() throws {
    let texts = [
      "null", "true", "false", "0", "-0", "17", "-5", "1.5", "1.0e-07", "\"\"", "[]", "{}", "[1,[2,{\"a\":null}]]",
      "{\"b\":1,\"a\":2}", "9223372036854775807", "\"\\\"\\\\\\n\\t\\u0001\\u202e\"", "\"é😀\"",
    ]
    for text in texts {
      let value = try JSONValue.parse(Array(text.utf8))
      #expect(value.text == (text == "-0" ? "0" : text))
      #expect(try JSONValue.parse(Array(value.prettyText.utf8)) == value)
    }
    let spaced = try JSONValue.parse(
      Array(" { \"a\" : [ 1 , 2.50 , \"\\u00e9\\/\\b\\f\\r\\uD83D\\uDE00\" ] }\r\n".utf8))
    #expect(spaced == ["a": [1, 2.5, "é/\u{8}\u{C}\r😀"]])
    #expect(try JSONValue.parse(Array("9223372036854775808".utf8)) == .number(9_223_372_036_854_775_808))
  }

  @Test(arguments: [
    "", " ", "nul", "True", "NaN", "Infinity", "01", "-", "+1", ".5", "1.", "1e", "1e+", "0x1", "1e999", "[1,]",
    "[1 2]",
    "[", "]", "{", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{a:1}", "{\"a\":1,\"a\":2}", "{\"a\":1 \"b\":2}", "\"",
    "\"\\x\"",
    "\"\\u12\"", "\"\\u+123\"", "\"\\ud83d\"", "\"\\ude00\"", "\"\\ud83dx\"", "\"\\ud83d\\u0041\"", "\"a\nb\"",
    "\"\t\"",
    "1 2", "null,", "// c\n1", "'a'", "\"\\", "\"\\u", "\u{FEFF}1",
  ])
  func json_whenBad_isRefused(_ text: String) {
    #expect(throws: Refusal.self) { try JSONValue.parse(Array(text.utf8)) }
  }

  @Test func json_whenNotUTF8_isRefused() {
    #expect(throws: Refusal.self) { try JSONValue.parse([0x22, 0xFF, 0x22]) }
    #expect(throws: Refusal.self) { try JSONValue.parse([0x22, 0xED, 0xA0, 0x80, 0x22]) }
  }

  @Test func json_whenBad_saysWhereWithoutSayingWhat() {
    #expect {
      try JSONValue.parse(Array("{\"zoe\": 1,\n \"zoe\": 2}".utf8))
    } throws: { error in
      (error as? Refusal)?.full == "2:7: this is no JSON: a key stands twice; write it as RFC 8259 says"
    }
  }

  @Test func values_answerByKind() {
    let value: JSONValue = ["n": 3, "x": 1.5, "s": "t", "b": true, "l": [1], "z": nil]
    #expect(value["n"]?.integerValue == 3 && value["n"]?.numberValue == 3 && value["x"]?.numberValue == 1.5)
    #expect(value["x"]?.integerValue == nil && value["s"]?.stringValue == "t" && value["b"]?.boolValue == true)
    #expect(value["l"]?.elements == [1] && value["z"]?.isNull == true && value["q"] == nil)
    #expect(JSONValue.number(.nan).text == "null" && JSONValue.present(["a": nil, "b": 1]).text == "{\"b\":1}")
    #expect(
      value.prettyText == """
        {
          "n": 3,
          "x": 1.5,
          "s": "t",
          "b": true,
          "l": [1],
          "z": null
        }
        """)
  }
}
