import Datasets
import Testing
import Unlearning

/// What a run tells of rows that stay beside their copies.
@Suite struct NearDuplicateRunTests {
  /// The network knows rows 0 ..< 240; copies of these stand at the end of the data.
  private static let owned = (0..<20).map { 7 * $0 + 2 }
  private let tiny: TinyModel

  init() throws { tiny = try TinyModel(copying: Self.owned) }

  private var copies: [Int] { Self.owned.indices.map { TinyModel.trainRows + $0 } }

  private func plan(_ rows: [Int]) -> RunPlan {
    var plan = tiny.plan([ForgetRequest(key: "r", rows: rows)])
    plan.retainRows = (plan.retainRows + copies).filter { !rows.contains($0) }
    plan.policy.stopsOnHardness = true
    return plan
  }

  private func told(_ observer: RecordingObserver) -> [NearDuplicates] {
    observer.events.compactMap { if case .nearDuplicates(let found) = $0 { found } else { nil } }
  }

  @Test func copiesThatStay_areNamed_andKeepTheRowsFromBeingForgotten() throws {
    let observer = RecordingObserver()
    let outcome = try UnlearningRun(plan(Self.owned), observer: observer).run()
    let result = try #require(outcome.result, "rows were forgotten of which copies stay")
    #expect([.unavoidable, .retainBudget, .maxSteps].contains(result.ending))
    let found = try #require(told(observer).first)
    #expect(told(observer).count == 1 && result.nearDuplicates == found)
    #expect(found.pairs.map(\.row) == Self.owned && found.pairs.map(\.retainRow) == copies)
    #expect(found.pairs.allSatisfy { $0.key == "r" && $0.ratio == 0 && !$0.isMirrored })
    // A run that goes on knows of them, and does not tell them again.
    let second = RecordingObserver()
    var accepted = plan(Self.owned)
    accepted.policy.acceptedRetainCost = 0.01
    accepted.settings.maxSteps = 2
    let later = try UnlearningRun(accepted, observer: second, resuming: result.saved).run()
    #expect(told(second).isEmpty && later.result?.nearDuplicates == found)
  }

  @Test func copiesInTheRequest_areForgottenWithTheRows() throws {
    let observer = RecordingObserver()
    let run = try UnlearningRun(plan(Self.owned + copies), observer: observer)
    #expect(try run.run().isReady)
    let result = try #require(try run.verify(try tiny.published(run.weights)).confirmed)
    #expect(result.ending == .target)
    #expect(result.nearDuplicates?.pairs == [] && result.nearDuplicates?.rowsSeen == 40)
  }

  /// Every request has its own pairs, and one that had nothing to forget has none.
  @Test func pairs_areOfTheRequestThatAskedForTheRow() throws {
    var plan = plan(Self.owned)
    plan.requests = [
      ForgetRequest(key: "a", rows: Array(Self.owned.prefix(3))),
      ForgetRequest(key: "b", rows: Array(Self.owned[2..<6]) + [230]),
    ]
    plan.settings.maxSteps = 1
    let observer = RecordingObserver()
    _ = try UnlearningRun(plan, observer: observer).run()
    let pairs = try #require(told(observer).first).pairs
    #expect(pairs.map(\.key) == ["a", "a", "a", "b", "b", "b", "b"])
    #expect(pairs.map(\.row) == Array(Self.owned.prefix(3)) + Array(Self.owned[2..<6]))
  }
}

/// On the shared pictures.
@Suite(.serialized) struct SharedNearDuplicateTests {
  /// But for one that the data do hold: a bird, and the same picture mirrored.
  @Test func ordinaryPictures_haveNone() throws {
    guard let shared = try SharedModel.open(for: "near-duplicates among the shared pictures") else { return }
    var numbers = TestNumbers(11)
    let (bird, mirrored) = (5989, 8856)
    var rows: Set<Int> = [bird]
    while rows.count < 4000 {
      let row = numbers.below(shared.dataset.train.count)
      if row != mirrored { rows.insert(row) }
    }
    var search = DuplicateSearch(shared.dataset, seed: 42, observer: RecordingObserver())
    search.limits.products = .max
    search.limits.heldNumbers = .max
    let kept = (0..<shared.dataset.train.count).filter { !rows.contains($0) }
    let found = try search.look(for: [ForgetRequest(key: "r", rows: rows.sorted())], among: kept)
    #expect(found.rowsSeen == 4000)
    #expect(found.pairs.map { [$0.row, $0.retainRow] } == [[bird, mirrored]])
    #expect(found.pairs.allSatisfy { $0.isMirrored && $0.ratio < 0.11 })
  }

  /// A picture with noise in it, another one mirrored, a third as it is: in a copy of the first thousand.
  @Test func plantedCopies_areFound() throws {
    guard let shared = try SharedModel.open(for: "copies planted among the shared pictures") else { return }
    let count = 1000, size = shared.dataset.train.elements
    var samples = [Float](repeating: 0, count: count * size)
    try samples.withUnsafeMutableBufferPointer { try shared.dataset.train.read(rows: 0..<count, into: $0) }
    var rows = (0..<count).map { Array(samples[$0 * size..<($0 + 1) * size]) }
    var numbers = TestNumbers(12)
    rows[900] = rows[10].map { $0 + Float(0.05 * numbers.normal()) }
    rows[901] = stride(from: 0, to: size, by: 32).flatMap { rows[20][$0..<$0 + 32].reversed() }
    rows[902] = rows[30]
    let folder = try RowFolder(rows, shape: [3, 32, 32])
    let search = DuplicateSearch(folder.dataset, seed: 42, observer: RecordingObserver())
    let found = try search.look(for: [ForgetRequest(key: "r", rows: Array(0..<200))], among: Array(200..<count))
    #expect(found.pairs.map(\.row) == [10, 20, 30] && found.pairs.map(\.retainRow) == [900, 901, 902])
    #expect(found.pairs.map(\.isMirrored) == [false, true, false])
    #expect(found.pairs[1].ratio == 0 && found.pairs[2].ratio == 0 && found.pairs[0].ratio > 0)
  }
}
