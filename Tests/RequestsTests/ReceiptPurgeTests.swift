import Requests
import Testing

@Suite struct ReceiptPurgeTests {
  @Test func purged_isReadBack_inItsOrder() throws {
    var receipt = Receipt(state: .forgotten, request: "a")
    receipt.purged = [.init(version: 1, at: "2026-11-24T10:00:00Z"), .init(version: 12, at: "2026-12-01T10:00:00Z")]
    #expect(receipt.yaml.contains("purged: {\"1\": \"2026-11-24T10:00:00Z\", \"12\": \"2026-12-01T10:00:00Z\"}\n"))
    #expect(try Receipt.parse(Array(receipt.yaml.utf8)) == receipt)
    #expect(try Receipt.parse(Array(receipt.json.text.utf8)) == receipt)
    receipt.purged = []
    #expect(!receipt.yaml.contains("purged"))
  }

  @Test func purged_thatNamesNoVersion_isRefused() {
    let text = "hamud: 1\nstate: forgotten\npurged: {one: 2026-11-24T10:00:00Z}\n"
    #expect(throws: Refusal.self) { try Receipt.parse(Array(text.utf8)) }
  }
}
