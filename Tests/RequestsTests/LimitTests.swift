import Requests
import Testing

/// Every limit, at it and one past it.
@Suite struct LimitTests {
  private static let head = "hamud: 1\nmodel: m\nforget: {samples: [1]}\n"

  @Test func documentBytes() throws {
    let comment = String(repeating: "#", count: Limits.documentBytes - Self.head.utf8.count)
    #expect(refused(Array((Self.head + comment).utf8)) == nil)
    let refusal = refused(Array((Self.head + comment + "#").utf8))
    #expect(refusal?.reason == .tooLarge)
    let answer = "1048577 bytes, at most 1048576 are read; split it, or name ranges instead of single rows"
    #expect(refusal?.full == answer)
    #expect(
      Refusal.tooLarge(bytes: 1_048_577, isLeft: true).full
        == answer + "; the file was left where you dropped it: take it back, replace it, or remove it")
  }

  @Test func documentDepth() {
    let nested = { (depth: Int) in String(repeating: "[", count: depth) + String(repeating: "]", count: depth) }
    #expect(throws: Never.self) { try YAMLDocument.parse(Array(nested(Limits.documentDepth).utf8)) }
    #expect(throws: Refusal.self) { try YAMLDocument.parse(Array(nested(Limits.documentDepth + 1).utf8)) }
  }

  @Test func selectors() throws {
    let rows = { (count: Int) in
      Array(
        ("hamud: 1\nmodel: m\nforget:\n  subjects: [u]\n  samples: ["
          + (2...count).map { String($0 % 10) }.joined(separator: ",") + "]\n").utf8)
    }
    #expect(try Manifest.parse(rows(Limits.selectors), fileStem: "case").selection.count == Limits.selectors)
    #expect(
      refused(rows(Limits.selectors + 1))?.full == """
        4:3: 100001 selectors, at most 100000 are taken; split it into several manifests, or name ranges
        """)
  }

  @Test func requestIDBytes() throws {
    let name = { (count: Int) in String(repeating: "a", count: count) }
    #expect(RequestID(name(Limits.requestIDBytes)) != nil)
    #expect(RequestID(name(Limits.requestIDBytes + 1)) == nil)
    #expect(refused(Array((Self.head + "id: " + name(128)).utf8)) == nil)
    #expect(
      refused(Array((Self.head + "id: " + name(129)).utf8))?.full
        == "4:5: id: an id of 129 bytes, at most 128 are taken; shorten it")
  }

  @Test func reasonCharacters() {
    let text = { (count: Int) in Array((Self.head + "reason: " + String(repeating: "é", count: count)).utf8) }
    #expect(refused(text(Limits.reasonCharacters)) == nil)
    #expect(
      refused(text(Limits.reasonCharacters + 1))?.full
        == "4:9: reason: 1001 characters, at most 1000 are taken; shorten it")
  }

  @Test func jsonDepth() {
    let nested = { (depth: Int) in String(repeating: "[", count: depth) + String(repeating: "]", count: depth) }
    #expect(throws: Never.self) { try JSONValue.parse(Array(nested(Limits.jsonDepth).utf8)) }
    #expect(throws: Refusal.self) { try JSONValue.parse(Array(nested(Limits.jsonDepth + 1).utf8)) }
  }

  @Test func jsonBytes() {
    let text = { (count: Int) in Array(String(repeating: " ", count: count - 1).utf8) + [UInt8(ascii: "1")] }
    #expect(throws: Never.self) { try JSONValue.parse(text(Limits.jsonBytes)) }
    #expect(throws: Refusal.self) { try JSONValue.parse(text(Limits.jsonBytes + 1)) }
    #expect(throws: Refusal.self) { try JSONValue.parse(text(11), limit: 10) }
  }

  @Test func namesListed() {
    let model = Located("zoe", at: .start)
    let names = (1...Limits.namesListed + 1).map { "model-\($0)" }
    #expect(Refusal.unknownModel(model, known: Array(names.dropLast())).full.hasSuffix(", model-20"))
    #expect(Refusal.unknownModel(model, known: names).full.hasSuffix(", model-20 and 1 more"))
  }
}
