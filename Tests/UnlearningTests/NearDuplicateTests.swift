import Datasets
import Testing
import Unlearning

/// Which rows that stay are named beside rows to forget.
@Suite struct NearDuplicateTests {
  private static let features = 24

  /// Independent normal numbers, each feature in a unit of its own.
  private static func random(_ count: Int, seed: UInt64 = 5) -> [[Float]] {
    var numbers = TestNumbers(seed)
    return (0..<count).map { _ in (0..<features).map { Float(numbers.normal()) * Float(1 + 100 * $0) } }
  }

  private static func noisy(_ row: [Float], _ size: Float) -> [Float] {
    var numbers = TestNumbers(77)
    return row.enumerated().map { $1 + size * Float(numbers.normal()) * Float(1 + 100 * $0) }
  }

  private func look(
    _ rows: [[Float]], _ forget: [Int], kept: [Int]? = nil, shape: [Int] = [features], _ limits: DuplicateLimits? = nil
  ) throws -> NearDuplicates {
    let folder = try RowFolder(rows, shape: shape)
    var search = DuplicateSearch(folder.dataset, seed: 42, observer: RecordingObserver())
    if let limits { search.limits = limits }
    let rest = rows.indices.filter { !forget.contains($0) }
    return try search.look(for: [ForgetRequest(key: "r", rows: forget)], among: kept ?? rest)
  }

  private func pairs(_ found: NearDuplicates) -> [[Int]] { found.pairs.map { [$0.row, $0.retainRow] } }

  @Test func randomRows_haveNone() throws {
    let found = try look(Self.random(700), Array(100..<300))
    #expect(found.pairs.isEmpty && found.usualDistance > 1)
    #expect(found.rows == 200 && found.rowsSeen == 200)
  }

  @Test func exactCopy_isNamed_atDistanceNothing() throws {
    var rows = Self.random(600)
    rows[550] = rows[17]
    let found = try look(rows, [3, 17, 90])
    #expect(found.pairs == [NearDuplicate(key: "r", row: 17, retainRow: 550, ratio: 0, isMirrored: false)])
  }

  @Test func noisyCopy_isNamed_upToAQuarterOfTheUsualDistance() throws {
    var rows = Self.random(600)
    rows[5] = Self.noisy(rows[17], 0.05)
    rows[6] = Self.noisy(rows[90], 1)
    let found = try look(rows, [17, 90])
    #expect(pairs(found) == [[17, 5]])
    let ratio = try #require(found.pairs.first?.ratio)
    // The noise has 0.05 sqrt(24) = 0.245.
    #expect(ratio > 0 && ratio < 0.25 && abs(ratio * found.usualDistance - 0.245) < 0.1)
  }

  @Test func nearestOfSeveral_isNamed_andOfEquallyNearTheFirst() throws {
    var rows = Self.random(600)
    rows[5] = Self.noisy(rows[17], 0.05)
    rows[40] = Self.noisy(rows[17], 0.001)
    rows[300] = rows[90]
    rows[200] = rows[90]
    #expect(pairs(try look(rows, [17, 90])) == [[17, 40], [90, 200]])
  }

  @Test func rowsThatDoNotStay_areNotNamed() throws {
    var rows = Self.random(300)
    // 200 has a tombstone, 201 is to be forgotten itself.
    rows[200] = rows[17]
    rows[201] = rows[17]
    let kept = rows.indices.filter { ![17, 200, 201].contains($0) }
    #expect(try look(rows, [17, 201], kept: kept).pairs.isEmpty)
  }

  @Test func rowItself_isNotItsDuplicate() throws {
    let rows = Self.random(300)
    #expect(try look(rows, [17], kept: Array(rows.indices)).pairs.isEmpty)
  }

  @Test func constantFeatures_countNothing_andDifferInTheirOwnUnit() throws {
    var rows = Self.random(600).map { $0 + [Float](repeating: 1e6 / 3, count: 8) }
    rows[550] = rows[17]
    let found = try look(rows, [17, 18], shape: [Self.features + 8])
    #expect(pairs(found) == [[17, 550]] && found.pairs[0].ratio == 0)
    #expect(abs(found.usualDistance - (try look(Self.random(600), [1]).usualDistance)) < 0.05)
  }

  @Test func allRowsTheSame_areNamed_andOneOtherIsNot() throws {
    var rows = [[Float]](repeating: [1, 2, 3], count: 60)
    rows[7] = [1, 2, 3.001]
    let found = try look(rows, [7, 8], shape: [3])
    #expect(found.usualDistance == 0 && pairs(found) == [[8, 0]] && found.pairs[0].ratio == 0)
  }

  @Test func oneRow_andTwo() throws {
    #expect(try look([[1, 2]], [0], shape: [2]).pairs.isEmpty)
    #expect(pairs(try look([[1, 2], [1, 2]], [0], shape: [2])) == [[0, 1]])
    #expect(try look([[1, 2], [1, 3]], [0], shape: [2]).pairs.isEmpty)
  }

  @Test func mirroredPicture_isNamedAsSuch_andATablesMirrorIsNot() throws {
    var rows = Self.random(600)
    // [2, 3, 4]: every line of four numbers turned round.
    rows[550] = stride(from: 0, to: 24, by: 4).flatMap { rows[17][$0..<$0 + 4].reversed() }
    let found = try look(rows, [16, 17], shape: [2, 3, 4])
    #expect(found.pairs == [NearDuplicate(key: "r", row: 17, retainRow: 550, ratio: 0, isMirrored: true)])
    #expect(try look(rows, [16, 17]).pairs.isEmpty)
  }

  @Test func workIsLimited_andTold() throws {
    var rows = Self.random(300)
    rows[200] = rows[17]
    rows[201] = rows[90]
    var limits = DuplicateLimits()
    limits.products = 2 * 297 * Self.features
    limits.blockRows = 7
    let found = try look(rows, [3, 17, 90], limits)
    #expect(pairs(found) == [[17, 200]] && found.rows == 3 && found.rowsSeen == 2)
    limits.products = 0
    #expect(try look(rows, [17, 90], limits).rowsSeen == 1)
  }

  @Test func rowsFarFromTheOthers_areComparedExactly() throws {
    // Float32 products of such rows are off by more than the distance between usual ones.
    var rows = (0..<400).map { [Float($0 % 20) * 0.01, Float($0 / 20) * 0.01] }
    rows[390] = [1e4, 1e4]
    rows[391] = [1e4, 1e4]
    rows[392] = [1e4 + 1, 1e4]
    let found = try look(rows, [390], shape: [2])
    #expect(pairs(found) == [[390, 391]] && found.pairs[0].ratio == 0)
  }

  @Test func stoppedRun_stopsLooking() throws {
    let folder = try RowFolder(Self.random(60), shape: [Self.features])
    let observer = RecordingObserver()
    observer.stop()
    let search = DuplicateSearch(folder.dataset, seed: 1, observer: observer)
    #expect(throws: Interruption.self) {
      try search.look(for: [ForgetRequest(key: "r", rows: [1])], among: Array(2..<60))
    }
  }
}
