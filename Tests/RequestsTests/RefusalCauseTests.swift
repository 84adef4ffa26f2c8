import Requests
import Testing

/// What only Service can find out, in this room's words.
@Suite struct RefusalCauseTests {
  private let place = SourcePosition(line: 3, column: 8)

  @Test func unknownModel_namesTheNearestAndTheRest() {
    let near = Refusal.unknownModel(Located("cifar01", at: place), known: ["cifar10", "people"])
    #expect(near.reason == .unknownModel)
    #expect(near.full == "3:8: unknown model \"cifar01\"; did you mean cifar10? (configured: cifar10, people)")
    #expect(near.redacted == "3:8: unknown model …; did you mean cifar10? (configured: cifar10, people)")
    let far = Refusal.unknownModel(Located("zoe", at: place), known: ["cifar10"])
    #expect(far.full == "3:8: unknown model \"zoe\"; configured: cifar10")
    #expect(
      Refusal.unknownModel(Located("zoe", at: place), known: []).full
        == "3:8: unknown model \"zoe\"; no model is configured")
  }

  @Test func nothingSelected_listsEverySelectorInTheOrderOfTheFile() {
    let refusal = Refusal.nothingSelected([
      .unknownSubject("user:zoe", at: SourcePosition(line: 6, column: 4), hasIdentifiers: true),
      .rowPastEnd(70_000, at: SourcePosition(line: 5, column: 4), rowCount: 50_000),
      .rangePastEnd(49_000...60_000, at: SourcePosition(line: 5, column: 12), rowCount: 50_000),
      .unknownSample("zoe", at: SourcePosition(line: 5, column: 30), hasIdentifiers: true),
      .unknownSample("0017", at: SourcePosition(line: 5, column: 40), hasIdentifiers: true),
      .unknownSubject("zoe", at: SourcePosition(line: 7, column: 4), hasIdentifiers: false),
    ])
    #expect(refusal.reason == .nothingSelected)
    #expect(
      refusal.full == """
        5:4: forget.samples: row 70000 does not exist; rows are 0 to 49999
        5:12: the range 49000-60000 goes past the last row; rows are 0 to 49999
        5:30: forget.samples: no sample has the id "zoe"; write an id of the model's ids, or a row number
        5:40: forget.samples: no sample has the id "0017"; \
        a row number is written plainly: no quotes, no leading zeros, digits only
        6:4: forget.subjects: no sample belongs to "user:zoe"; write a subject of the model's ids
        7:4: forget.subjects: no sample belongs to "zoe"; \
        the model's data says of no row whose it is (data.ids, or data.subject of csv); name ids or row numbers instead
        """)
    #expect(!refusal.redacted.contains("zoe") && !refusal.redacted.contains("70000"))
  }

  @Test func unknownClass_namesTheClasses() {
    let known = ["airplane", "bird"]
    #expect(
      Diagnostic.unknownClass(.name("airplan"), at: place, known: known).full == """
        3:8: forget.classes: there is no class "airplan"; did you mean airplane? classes: airplane (0), bird (1)
        """)
    #expect(
      Diagnostic.unknownClass(.label(7), at: place, known: known).full
        == "3:8: forget.classes: there is no label 7; classes: airplane (0), bird (1)")
    #expect(
      Diagnostic.emptyClass(.name("bird"), at: place).full == """
        3:8: forget.classes: the training data has no row of class "bird"; there is nothing of it to forget; remove it
        """)
  }

  @Test func otherCauses_sayWhatToDo() throws {
    let id = try #require(RequestID("dsr-zoe"))
    #expect(
      Refusal.idTaken(id).full == """
        the id "dsr-zoe" was used before by a manifest with other content; \
        give this request an id of its own; the earlier one stays as it is
        """)
    #expect(!Refusal.idTaken(id).redacted.contains("zoe"))
    #expect(
      Refusal.quota("rows", wanted: 100_001, limit: 100_000, when: "2026-12-24T00:00:00Z").full == """
        this makes 100001 rows today, at most 100000 are taken from one user; \
        hand it in again after 2026-12-24T00:00:00Z
        """)
    #expect(
      Refusal.notAFile(.link).full
        == "this is a symbolic link, which is not followed; drop a copy of the file itself")
    #expect(Refusal.notAFile(.linkedTwice).reason == .notAFile)
    #expect(Refusal.notAFile(.notRegular).full == "this is no regular file; drop a copy of the file itself")
  }

  @Test func diagnostics_areSortedByPlace_theWholeFileFirst() {
    let none = Diagnostic(at: nil, "a", mend: "b")
    let late = Diagnostic(at: SourcePosition(line: 2, column: 1), "c", mend: "d")
    let early = Diagnostic(at: SourcePosition(line: 1, column: 9), "e", mend: "f")
    #expect(Diagnostic.sorted([late, early, none]) == [none, early, late])
    #expect(late.full(in: "/etc/hamud/hamud.yaml") == "/etc/hamud/hamud.yaml:2:1: c; d")
    #expect(none.full(in: "/etc/hamud/hamud.yaml") == "/etc/hamud/hamud.yaml: a; b")
  }
}
