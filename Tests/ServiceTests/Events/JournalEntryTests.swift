import Platform
import Service
import Testing

@Suite struct JournalEntryTests {
  private func run(requests count: Int) -> Event {
    let ids = (0..<count).map { "request-\($0)-" + String(repeating: "x", count: 100) }
    return .runResumed(Event.Run(model: "cifar10", batch: 1, requests: ids), step: 3)
  }

  private func ids(_ entry: JournalEntry) -> [String] {
    entry.fields.filter { $0.name == "HAMUD_REQUEST_ID" }.map(\.value)
  }

  @Test func pieces_atTheLimit_areTheEntryItself() {
    let entry = run(requests: 30).entry
    #expect(entry.pieces(limit: entry.byteCount) == [entry])
    #expect(entry.pieces(limit: entry.byteCount - 1).count == 2)
  }

  @Test func pieces_ofAnEntryWithManyRequests_eachFitAndKeepEveryRequestOnce() {
    let entry = run(requests: 2000).entry
    let pieces = entry.pieces()
    #expect(pieces.count > 1)
    #expect(pieces.allSatisfy { $0.byteCount <= Journal.entryLimit })
    #expect(pieces.flatMap(ids) == ids(entry))
    #expect(pieces.allSatisfy { $0.message == entry.message })
    #expect(pieces.allSatisfy { piece in piece.fields.contains { $0.name == "HAMUD_STEP" && $0.value == "3" } })
  }

  @Test func pieces_ofAnOverlongSentence_areCutBetweenCharacters() {
    let entry = Event.trouble(String(repeating: "ä", count: 60000)).entry
    let pieces = entry.pieces()
    #expect(pieces.count == 1)
    #expect(pieces[0].byteCount <= Journal.entryLimit)
    #expect(pieces[0].message.hasSuffix("ä … (cut)"))
  }

  @Test func line_isTheSentenceAndThenTheFields() {
    #expect(run(requests: 0).entry.line.hasSuffix(" after step 3 HAMUD_MODEL=cifar10 HAMUD_BATCH=1 HAMUD_STEP=3"))
    let refused = Event.modelPaused("a b", by: 0, waiting: 0).entry.line
    #expect(refused.hasSuffix(" HAMUD_MODEL=\"a b\" HAMUD_REASON=operator"))
  }
}
