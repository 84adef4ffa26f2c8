import Datasets
import Testing

@Suite struct RematchTests {
  private let digester = RowDigester(salt: [9])

  private func tombstone(_ row: Int, _ content: String, id: String? = nil) -> Rematch.Tombstone {
    .init(row: row, content: digester.digest(row: Array(content.utf8)), id: id.map(digester.digest(id:)))
  }

  private func rows(_ contents: [String], ids: [String?] = []) -> Rematch.NewRows {
    .init(
      contents: contents.map { digester.digest(row: Array($0.utf8)) }, ids: ids.map { $0.map(digester.digest(id:)) })
  }

  @Test func rows_areKeptMovedOrGone() {
    let result = Rematch.match(
      [tombstone(0, "a"), tombstone(1, "b"), tombstone(9, "c")], in: rows(["a", "x", "y", "b"]))
    #expect(result.places == [.kept, .moved(to: 3), .gone])
    #expect(result.unclaimedCopies.isEmpty)
  }

  @Test func equalRows_answerToOneTombstoneEach() {
    let result = Rematch.match(
      [tombstone(5, "a"), tombstone(2, "a"), tombstone(7, "a")], in: rows(["x", "a", "a", "a", "a"]))
    #expect(result.places == [.moved(to: 1), .kept, .moved(to: 3)])
    #expect(result.unclaimedCopies == [4])
  }

  @Test func equalRows_fewerThanTombstones_leaveSomeGone() {
    let result = Rematch.match([tombstone(5, "a"), tombstone(6, "a")], in: rows(["a"]))
    #expect(result.places == [.moved(to: 0), .gone])
  }

  @Test func id_tellsEqualRowsApart() {
    let result = Rematch.match([tombstone(0, "a", id: "p")], in: rows(["a", "a"], ids: ["q", "p"]))
    #expect(result.places == [.moved(to: 1)])
    #expect(result.unclaimedCopies == [0])
  }

  @Test func id_findsARowWhoseContentChanged() {
    let result = Rematch.match([tombstone(0, "a", id: "p")], in: rows(["b", "c"], ids: ["p", nil]))
    #expect(result.places == [.changed(at: 0)])
  }

  @Test func content_decidesWhereIDsWereGivenAnew() {
    let result = Rematch.match([tombstone(0, "a", id: "img-0")], in: rows(["b", "a"], ids: ["img-0", "img-1"]))
    #expect(result.places == [.moved(to: 1)])
  }

  @Test func id_leadsToNoRowThatAnotherGroupKnowsByItsContent() {
    let groups = [[tombstone(0, "a", id: "0")], [tombstone(1, "b", id: "1")], [tombstone(2, "x", id: "1")]]
    let results = Rematch.match(groups: groups, in: rows(["b", "c"], ids: ["0", "1"]))
    #expect(results.map(\.places) == [[.gone], [.moved(to: 0)], [.changed(at: 1)]])
  }

  /// Both were that row before, and one of them has seen it change.
  @Test func id_leadsToARowThatAnotherGroupKnowsAsTheSameSample() {
    let groups = [[tombstone(7, "v1", id: "7")], [tombstone(7, "v2", id: "7")]]
    let at7 = rows(["x", "x", "x", "x", "x", "x", "x", "v2"], ids: [nil, nil, nil, nil, nil, nil, nil, "7"])
    #expect(Rematch.match(groups: groups, in: at7).map(\.places) == [[.changed(at: 7)], [.kept]])
    let moved = Rematch.match(groups: groups, in: rows(["v2"], ids: ["7"]))
    #expect(moved.map(\.places) == [[.changed(at: 0)], [.moved(to: 0)]])
    #expect(moved.map(\.disproved) == [[], []])
  }

  @Test func id_ofOneThatWasNowhere_leadsToNoRowThatIsKnown() {
    let groups = [[tombstone(-1, "a", id: "0")], [tombstone(-1, "b", id: "9")]]
    let results = Rematch.match(groups: groups, in: rows(["b"], ids: ["0"]))
    #expect(results.map(\.places) == [[.gone], [.moved(to: 0)]])
    #expect(results.map(\.disproved) == [[0], []])
  }

  /// A request that lost its row keeps the number of older data; another's row has it by now, and the id too.
  @Test func id_leadsToNoRowThatAnotherGroupKnows_whateverItsNumberWas() {
    let groups = [[tombstone(1, "b", id: "2")], [tombstone(1, "a", id: "1")]]
    let results = Rematch.match(groups: groups, in: rows(["x", "b"], ids: ["0", "1"]))
    #expect(results.map(\.places) == [[.kept], [.gone]])
    #expect(results.map(\.disproved) == [[], [0]])
  }

  /// Edited, gone, and back: as it was edited, or as it was first.
  @Test func id_leadsToTheSameSample_whenOneOfTwoWasNowhere() {
    let groups = [[tombstone(-1, "v1", id: "7")], [tombstone(7, "v2", id: "7")]]
    for (content, places) in [
      ("v2", [[Rematch.Place.changed(at: 0)], [.moved(to: 0)]]), ("v1", [[.moved(to: 0)], [.changed(at: 0)]]),
    ] {
      let results = Rematch.match(groups: groups, in: rows([content], ids: ["7"]))
      #expect(results.map(\.places) == places)
      #expect(results.allSatisfy { $0.disproved.isEmpty })
    }
  }

  @Test func nothing_matchesNothing() {
    #expect(Rematch.match([], in: rows(["a"])).places.isEmpty)
    #expect(Rematch.match([tombstone(0, "a")], in: rows([])).places == [.gone])
  }

  @Test func manyEqualTombstones_takeNoQuadraticTime() {
    let many = 20_000
    let tombstones = (0..<many).map { tombstone($0 + many, "a") }
    let result = Rematch.match(tombstones, in: rows([String](repeating: "a", count: many)))
    #expect(result.places == (0..<many).map { .moved(to: $0) })
  }

  @Test func dataSets_rematchThroughTheirDigests() throws {
    let scratch = try Scratch()
    try scratch.write("train.csv", "who,a,label\np1,1,0\np2,2,1\np3,3,0\n")
    try scratch.write("heldout.csv", "a,label\n1,1\n")
    let data = try Dataset.open(table(scratch, id: "who"))
    let salt: [UInt8] = [1, 2, 3]
    let tombstones = try [0, 2].map {
      Rematch.Tombstone(
        row: $0, content: try data.train.rowDigest($0, salt: salt), id: data.identifiers.idDigest(ofRow: $0, salt: salt)
      )
    }
    try scratch.write("train.csv", "who,a,label\np2,2,1\np3,3.0,0\np9,7,1\n")
    let result = Rematch.match(tombstones, in: try Dataset.open(table(scratch, id: "who")).newRows(salt: salt))
    #expect(result.places == [.gone, .moved(to: 1)])
    let other = Rematch.match(tombstones, in: try Dataset.open(table(scratch, id: "who")).newRows(salt: [4]))
    #expect(other.places == [.gone, .gone])
  }

  @Test func digests_surviveTheirBytes() throws {
    let digest = digester.digest(id: "x")
    #expect(RowDigest(bytes: digest.bytes) == digest && digest.bytes.count == 32)
    #expect(RowDigest(bytes: [1, 2]) == nil)
    #expect(digester.digest(row: Array("x".utf8)) != digest)
  }
}
