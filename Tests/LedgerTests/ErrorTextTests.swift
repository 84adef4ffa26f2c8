import Ledger
import Platform
import Requests
import Testing

@Suite struct ErrorTextTests {
  private static let texts: [(LedgerError, String)] = RequestID("dsr-1").map(texts(about:)) ?? []

  private static let withoutRequest: [(LedgerError, String)] = [
    (
      .newerFormat(path: "/l", found: 3, supported: 1),
      "/l has format 3 and this hamud knows formats up to 1; install the hamud that wrote it, or bring back /l.before-3"
    ),
    (
      .olderFormat(path: "/l", found: 1, supported: 2),
      "/l has format 1, and this hamuctl reads format 2; start hamud once, which migrates it"
    ),
    (
      .tooOld(path: "/l", found: 1, supported: 9),
      "/l has format 1, from which nothing leads to format 9; install a hamud in between first"
    ),
    (.missing(path: "/l"), "there is no ledger at /l; it is made when hamud starts for the first time"),
    (.notALedger(path: "/l"), "/l is no ledger of hamud; move it away"),
    (
      .damaged("a digest is not 32 bytes"),
      "the ledger is damaged: a digest is not 32 bytes; stop hamud and bring back a copy of ledger.sqlite"
    ),
    (
      .storage(operation: "accept a request", code: 10, message: "disk I/O error"),
      "cannot accept a request: SQLite says \"disk I/O error\" (10); nothing was changed"
    ),
    (
      .storage(operation: "accept a request", code: 13, message: "database or disk is full"),
      "cannot accept a request: no space is left for the ledger; free some"
    ),
    (.readOnly, "the ledger was opened for reading only; ask the running hamud"),
    (.unknownBatch(7), "there is no batch 7"),
    (.unknownModel("m"), "the ledger knows no model m; `hamuctl versions` shows those that there are"),
  ]

  private static func texts(about id: RequestID) -> [(LedgerError, String)] {
    [
      (.unknownRequest(id), "no request has the id dsr-1; `hamuctl list` shows those that there are"),
      (
        .illegalTransition(id, from: .forgotten, to: .scheduled),
        "request dsr-1 is forgotten and cannot become scheduled"
      ),
      (
        .notPossible(command: "cancel", id, state: .unlearning),
        "cannot cancel request dsr-1: it is unlearning; `hamuctl show dsr-1` says more"
      ),
      (.batchNot(.running, batch: 7, found: .held), "batch 7 is held, not running"),
      (
        .unfitBatch("it has rows beside classes"), "these requests cannot be one batch: it has rows beside classes"
      ),
      (
        .modelPaused("m"), "model m is paused; `hamuctl unpause m` or what its pause asks for comes first"
      ),
      (.modelBusy("m", batch: 7), "batch 7 of model m is running; one runs at a time"),
      (
        .outdatedRun(batch: 7, "its data were changed"),
        "the result of batch 7 is void: its data were changed; it has to start over"
      ),
      (
        .inconsistent("it selects no row"),
        "the ledger was asked for what cannot be: it selects no row; nothing was changed"
      ),
    ]
  }

  @Test func everyError_saysWhatAndHowToMendIt() {
    #expect(!Self.texts.isEmpty)
    for (error, text) in Self.withoutRequest + Self.texts { #expect(error.description == text) }
    #expect(LedgerError.storage(operation: "x", code: 13, message: "").isOutOfSpace)
    #expect(!LedgerError.readOnly.isOutOfSpace)
  }

  @Test func errorsOfSQLite_neverHoldValues() throws {
    let bench = try Bench()
    try bench.tamper("CREATE TRIGGER planted BEFORE INSERT ON manifests BEGIN SELECT RAISE(ABORT, 'refused'); END")
    var wish = Bench.Wish(1)
    wish.more = "reason: planted-reason\n"
    wish.submitter = Submitter(uid: 1, name: "planted-user")
    let error = #expect(throws: LedgerError.self) { try bench.accept("a", wish) }
    let text = try #require(error).description
    #expect(text.contains("accept a request"))
    #expect(!text.contains("planted"))
    #expect(try bench.ledger.requests(RequestFilter()).isEmpty)
    #expect(try bench.ledger.verifyAudit().isWhole)
  }
}
