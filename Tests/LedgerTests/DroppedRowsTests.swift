import Ledger
import Platform
import Requests
import Testing

/// Rows that an import's data lack: what becomes of them when they are there again, and of their request.
@Suite struct DroppedRowsTests {
  /// A row that was dropped before any run forgot it is kept out of every later run, and forgotten where a model was trained on it.
  @Test func droppedRow_whenItIsThereAgain_isNeverRetained_norRemembered() throws {
    let bench = try Bench()
    try bench.accept("b", Bench.Wish(9, 10))
    try bench.importing(2, "b", has: [9])
    #expect(try bench.remembered(by: 1...2) == [1, 0])
    try bench.publish(try bench.start(try bench.schedule("b")))
    #expect(try bench.state("b") == .forgotten)
    let stones = try bench.ledger.markedTombstones(of: "m")
    #expect(stones.map(\.content) == [10, 9].map { Bench.mark($0).content })
    #expect(stones.map(\.status) == [.settled, .active])
    try bench.ledger.rematch(
      Relocation(model: "m", fingerprint: "{}", tombstones: [stones[0].key: 40, stones[1].key: 9]), at: bench.now)
    #expect(try bench.ledger.forgottenRows(of: "m") == RowSet([9, 40]))
    #expect(try bench.ledger.tombstones(of: "m").map { $0.batch == nil } == [false, true])
    #expect(try bench.ledger.verifyContents().problems == [])
    // A model that was trained on both: the request waits for both.
    let data = Relocation(model: "m", fingerprint: "{}", tombstones: [stones[0].key: 40, stones[1].key: 9])
    let outcome = try bench.importing(4, data)
    #expect(outcome.reopened.map(\.text) == ["b"])
    #expect(try bench.ledger.rows(of: try Bench.id("b")) == RowSet([9, 40]))
    try bench.publish(try bench.start(try bench.schedule("b")))
    #expect(try bench.ledger.tombstones(of: "m").map { $0.batch == nil } == [false, false])
    #expect(try bench.ledger.verifyContents().problems == [])
  }

  /// Which came first is not told by a clock that may be set.
  @Test(arguments: [Duration.seconds(1), .seconds(-3600)])
  func droppedRow_ofARequestThatIsCancelled_keepsNoVersionAway(later: Duration) throws {
    let bench = try Bench()
    try bench.publish(try bench.run("a", Bench.Wish(5)))
    try bench.accept("b", Bench.Wish(9, 10))
    try bench.accept("c", Bench.Wish(5))
    bench.pass(later)
    try bench.importing(3, "b", has: [9])
    try bench.ledger.cancel(try Bench.id("b"), by: nil, at: bench.now)
    #expect(try bench.remembered(by: 1...3) == [1, 0, 0])
  }

  /// Of somebody else rows were left out, perhaps as these were thought forgotten.
  @Test(arguments: [Duration.seconds(1), .seconds(-3600)])
  func requestOfADroppedRow_thatOthersMayRestOn_cannotBeCancelled(later: Duration) throws {
    let bench = try Bench()
    try bench.publish(try bench.run("a", Bench.Wish(5)))
    try bench.accept("b", Bench.Wish(9, 10))
    try bench.accept("c", Bench.Wish(5))
    #expect(try bench.receipt("c").alreadyForgotten == 1)
    bench.pass(.seconds(1))
    try bench.importing(3, "b", has: [9])
    let id = try Bench.id("b")
    #expect(try bench.ledger.rowsRemembered(by: 2, goneFrom: Bench.gone) == 1)
    // Nothing that had ended before rests on it; what ends later may.
    bench.pass(later)
    try bench.accept("d", Bench.Wish(6))
    try bench.publish(try bench.start(try bench.schedule("d")))
    try bench.accept("e", Bench.Wish(6))
    #expect(throws: LedgerError.owed(id)) { try bench.ledger.cancel(id, by: nil, at: bench.now) }
    #expect(try bench.remembered(by: 2...4) == [2, 1, 0])
  }

  /// What is there again was left out of somebody's request before anybody could cancel the one that it was dropped from.
  @Test func requestOfADroppedRow_thatIsThereAgain_cannotBeCancelled() throws {
    let bench = try Bench()
    try bench.accept("b", Bench.Wish(9, 10))
    try bench.importing(2, "b", has: [9])
    let stone = try #require(try bench.ledger.markedTombstones(of: "m").first).key
    let found = Bench.found([Bench.mark(9)])
    let id = try Bench.id("b")
    try bench.ledger.rematch(
      Relocation(model: "m", fingerprint: "{}", tombstones: [stone: 40], requests: [id: found]), at: bench.now)
    try bench.accept("c", Bench.Wish(40))
    #expect(try bench.state("c") == .forgotten)
    #expect(throws: LedgerError.owed(id)) { try bench.ledger.cancel(id, by: nil, at: bench.now) }
  }

  /// A row that equals a forgotten one was not forgotten with it.
  @Test func droppedCopyOfAForgottenRow_isRemembered_unlessTheForgottenOneIsThere() throws {
    for isThere in [false, true] {
      let bench = try Bench()
      try bench.publish(try bench.run("a", Bench.Wish(5)))
      let copy = RowMark(row: 10, content: Bench.mark(5).content, id: Bench.mark(10).id)
      try bench.accept("b", marks: [Bench.mark(9), copy])
      // Found by what it holds, the copy is the one that is there.
      let marks = [Bench.mark(9)] + (isThere ? [Bench.mark(5)] : [])
      let found = Bench.found(marks)
      let key = try #require(try bench.ledger.markedTombstones(of: "m").first).key
      let data = Relocation(
        model: "m", fingerprint: "{}", tombstones: isThere ? [key: 5] : [:], requests: [try Bench.id("b"): found])
      try bench.importing(3, data)
      #expect(try bench.remembered(by: 1...3) == (isThere ? [1, 0, 1] : [2, 1, 0]))
    }
  }

  /// One that another request names too is told by its own tombstone, when it is dropped and when it was gone before.
  @Test(arguments: [false, true])
  func droppedRow_thatAnotherRequestHadForgotten_getsNoTombstoneOfItsOwn(isGoneBefore: Bool) throws {
    let bench = try Bench()
    try bench.publish(try bench.run("a", Bench.Wish(5)))
    try bench.accept("b", Bench.Wish(5, 9))
    if isGoneBefore {
      let lost = Relocation(
        model: "m", fingerprint: "{}", tombstones: [:],
        lost: [try Bench.id("b"): Relocation.Lost("rows are gone", marks: [5, 9].map(Bench.mark))])
      try bench.ledger.rematch(lost, at: bench.now)
    }
    try bench.importing(3, "b", has: [9])
    #expect(try bench.ledger.markedTombstones(of: "m").map(\.request.text) == ["a"])
    #expect(try bench.remembered(by: 1...3) == [1, 0, 0])
  }

  /// Where ids are given anew, the one of a dropped row is another row's.
  @Test func droppedRow_whoseIdAnotherRowHasNow_isRemembered() throws {
    let bench = try Bench()
    try bench.accept("b", Bench.Wish(9, 10))
    let renumbered = RowMark(row: 9, content: Bench.mark(10).content, id: Bench.mark(9).id)
    let found = Bench.found([renumbered])
    let data = Relocation(model: "m", fingerprint: "{}", tombstones: [:], requests: [try Bench.id("b"): found])
    try bench.importing(2, data)
    let stone = try #require(try bench.ledger.markedTombstones(of: "m").first)
    #expect(stone.content == Bench.mark(9).content)
    #expect(stone.id == nil)
  }

  @Test func droppedRow_whoseIdIsAnotherRequestsNow_keepsNone() throws {
    let bench = try Bench()
    try bench.accept("b", Bench.Wish(9, 10))
    try bench.accept("c", Bench.Wish(11))
    let renumbered = RowMark(row: 10, content: Bench.mark(11).content, id: Bench.mark(10).id)
    let found = [("b", Bench.mark(9)), ("c", renumbered)].map { id, mark in
      (
        id,
        Resolution(rows: RowSet([mark.row]), marks: [mark], trainingRows: Bench.trainingRows, maxForgetShare: 1)
      )
    }
    let requests = try found.map { (try Bench.id($0.0), $0.1) }
    try bench.importing(
      2,
      Relocation(
        model: "m", fingerprint: "{}", tombstones: [:], requests: Dictionary(uniqueKeysWithValues: requests)))
    let stone = try #require(try bench.ledger.markedTombstones(of: "m").first)
    #expect(stone.request.text == "b")
    #expect(stone.id == nil)
  }

  /// An id that is another's is looked for no more.
  @Test func disprovedId_leavesTheTombstone() throws {
    let bench = try Bench()
    try bench.publish(try bench.run("a", Bench.Wish(5)))
    let key = try #require(try bench.ledger.markedTombstones(of: "m").first).key
    try bench.ledger.rematch(
      Relocation(model: "m", fingerprint: "{}", tombstones: [:], disproved: [key]), at: bench.now)
    #expect(try bench.ledger.markedTombstones(of: "m").map(\.id) == [nil])
    #expect(try bench.ledger.verifyContents().problems == [])
  }

  /// What is not there any more, while a forgotten row that it equals was changed.
  @Test func droppedCopy_ofAForgottenRowThatWasChanged_isRemembered() throws {
    let bench = try Bench()
    try bench.publish(try bench.run("a", Bench.Wish(5)))
    let key = try #require(try bench.ledger.markedTombstones(of: "m").first).key
    try bench.accept("b", marks: [Bench.mark(9), RowMark(row: 10, content: Bench.mark(5).content, id: nil)])
    let found = Bench.found([Bench.mark(9)])
    let data = Relocation(
      model: "m", fingerprint: "{}", tombstones: [key: 5], requests: [try Bench.id("b"): found])
    try bench.importing(3, data)
    #expect(try bench.remembered(by: 1...3, in: data) == [1, 1, 0])
  }

  /// The second request got no tombstone of its own, as the first one's is the same row's.
  @Test func requestOfADroppedRow_thatWasThereAgainMeanwhile_cannotBeCancelled() throws {
    let bench = try Bench()
    try bench.accept("b", Bench.Wish(9, 10))
    try bench.importing(2, "b", has: [9])
    let key = try #require(try bench.ledger.markedTombstones(of: "m").first).key
    let nine = Bench.found([Bench.mark(9)])
    let id = try Bench.id("b")
    let back = Relocation(model: "m", fingerprint: "{}", tombstones: [key: 40], requests: [id: nine])
    try bench.importing(3, back)
    try bench.accept("d", marks: [RowMark(row: 40, content: Bench.mark(10).content, id: Bench.mark(10).id)])
    let none = Resolution(rows: .empty, trainingRows: Bench.trainingRows, maxForgetShare: 1)
    let lacking = Relocation(
      model: "m", fingerprint: "{}", tombstones: [:], requests: [id: nine, try Bench.id("d"): none])
    try bench.importing(4, lacking)
    #expect(try bench.state("d") == .forgotten)
    #expect(throws: LedgerError.owed(id)) { try bench.ledger.cancel(id, by: nil, at: bench.now) }
    #expect(try bench.remembered(by: 1...4) == [1, 0, 1, 0])
  }

  @Test func requestOfADroppedRow_thatNoRematchFound_mayBeCancelled() throws {
    let bench = try Bench()
    try bench.accept("b", Bench.Wish(9, 10))
    try bench.importing(2, "b", has: [9])
    try bench.ledger.rematch(Bench.gone, at: bench.now)
    try bench.ledger.cancel(try Bench.id("b"), by: nil, at: bench.now)
    #expect(try bench.ledger.markedTombstones(of: "m") == [])
  }

  /// The rows of another were left out while these were there, which an import forgets.
  @Test func requestOfADroppedRow_thatARematchFoundAgain_cannotBeCancelled() throws {
    let bench = try Bench()
    try bench.accept("b", Bench.Wish(9, 10))
    try bench.importing(2, "b", has: [9])
    let key = try #require(try bench.ledger.markedTombstones(of: "m").first).key
    let nine = Bench.found([Bench.mark(9)])
    let id = try Bench.id("b")
    try bench.ledger.rematch(
      Relocation(model: "m", fingerprint: "{}", tombstones: [key: 40], requests: [id: nine]), at: bench.now)
    try bench.importing(3, "b", has: [9])
    #expect(try bench.ledger.markedTombstones(of: "m").map(\.status) == [.settled])
    #expect(throws: LedgerError.owed(id)) { try bench.ledger.cancel(id, by: nil, at: bench.now) }
  }

  /// A row whose contents were changed is still there, by its id.
  @Test func changedRow_isNotDropped() throws {
    let bench = try Bench()
    try bench.accept("b", Bench.Wish(9, 10))
    let changed = RowMark(row: 10, content: Bench.mark(77).content, id: Bench.mark(10).id)
    let found = Bench.found([Bench.mark(9), changed])
    let data = Relocation(model: "m", fingerprint: "{}", tombstones: [:], requests: [try Bench.id("b"): found])
    try bench.importing(2, data)
    #expect(try bench.ledger.markedTombstones(of: "m") == [])
  }
}
