import Checkpoints
import HAMU
import Testing
import Unlearning

/// Batches of which one request is hard by itself: its very rows are kept beside, as if others owned copies of them.
@Suite struct SettingAsideTests {
  private let tiny: TinyModel

  init() throws { tiny = try TinyModel() }

  private static let easy = (0..<30).map { 7 * $0 + 2 }
  private static let hard = (0..<35).map { 6 * $0 + 4 }.filter { !easy.contains($0) }

  /// - Parameter small: as requests of fewer than 30 rows, which are judged together.
  private func plan(small: Bool = false) -> RunPlan {
    let requests =
      small
      ? [
        ForgetRequest(key: "easy1", rows: Array(Self.easy.prefix(12))),
        ForgetRequest(key: "hard", rows: Array(Self.hard.prefix(25))),
        ForgetRequest(key: "easy2", rows: Array(Self.easy.suffix(12))),
      ] : [ForgetRequest(key: "easy", rows: Self.easy), ForgetRequest(key: "hard", rows: Self.hard)]
    var plan = tiny.plan(requests)
    let copied = requests.first { $0.key == "hard" }?.rows ?? []
    plan.retainRows = (plan.retainRows + copied).sorted()
    plan.settings.batchSize = 256
    plan.settings.step.radius = .relative(2e-3)
    plan.settings.step.constraint = .ratio(0.5)
    plan.settings.maxSteps = 400
    plan.policy.stopsOnHardness = true
    plan.policy.retainBudget = 10
    return plan
  }

  private func asides(_ observer: RecordingObserver) -> [String] {
    observer.events.compactMap { if case .setAside(let key, _, _) = $0 { key } else { nil } }
  }

  @Test func hardRequest_isSetAside_andTheOtherReachesItsTarget() throws {
    let observer = RecordingObserver()
    let run = try UnlearningRun(plan(), observer: observer)
    #expect(try run.run().isReady)
    #expect(asides(observer) == ["hard"])
    let result = try #require(try run.verify(try tiny.published(run.weights)).confirmed)
    let (easy, hard) = (result.requests[0], result.requests[1])
    #expect(easy.setAside == nil && result.groups[easy.group].holds)
    let own = try #require(hard.setAside)
    #expect(own.isUnavoidable && own.hardness.isUnavoidable && own.hardness.leastCost > 0)
    #expect(own.hardness.leastCost > 1.64 * own.hardness.leastCostError && own.hardness.retainCost > 0)
    #expect(!result.groups[hard.group].holds && result.groups[hard.group].after != nil)
    // What is forgotten now is the other's rows alone.
    #expect(result.margins.map(\.row) == Self.easy)
    // Five retain batches and each request's rows are paid for it, beside the pairs of the steps.
    let kept = plan().retainRows.count, both = Self.easy.count + Self.hard.count
    let paired = result.work.gradientRows - 5 * kept - both
    #expect(paired > 0 && paired < (result.steps + 1) * (kept + both) + 1)
  }

  @Test func hardOneOfSmallRequests_isSetAside_andTheOthersAreJudgedWithoutIt() throws {
    let observer = RecordingObserver()
    let run = try UnlearningRun(plan(small: true), observer: observer)
    #expect(try run.run().isReady)
    #expect(asides(observer) == ["hard"])
    let result = try #require(try run.verify(try tiny.published(run.weights)).confirmed)
    #expect(result.requests.map(\.key) == ["easy1", "hard", "easy2"])
    #expect(
      result.requests[0].group == result.requests[2].group && result.requests[0].group != result.requests[1].group)
    #expect(result.requests.map { $0.setAside != nil } == [false, true, false])
    #expect(result.groups.map(\.holds) == [true, false])
    // Judged as a batch of the easy ones alone would be: from what they were in the version that the run began with.
    var alone = plan(small: true)
    alone.requests.remove(at: 1)
    let first = RecordingObserver()
    _ = try UnlearningRun(alone, observer: first).run()
    guard case .began(let began, _)? = first.events.first else { return #expect(Bool(false), "a run begins") }
    // To the last digits: the same rows go through the network in other company.
    let (found, wanted) = (result.groups[0].before, began.groups[0])
    #expect(found.membershipAUC == wanted.membershipAUC && found.surerRows == wanted.surerRows)
    #expect(abs(try #require(found.excess) - #require(wanted.excess)) < 1e-5)
  }

  @Test func everyRequestHard_holdsTheBatch() throws {
    // The same rows twice are as hard as each other.
    var plan = plan()
    plan.requests = ["one", "two"].map { ForgetRequest(key: $0, rows: Self.hard) }
    let observer = RecordingObserver()
    let result = try #require(try UnlearningRun(plan, observer: observer).run().result)
    #expect(result.ending == .unavoidable && asides(observer).isEmpty)
    #expect(result.requests.allSatisfy { $0.setAside == nil })
  }

  @Test func runThatSetOneAside_goesOnFromAnywhereToTheSameBits() throws {
    let observer = RecordingObserver()
    let whole = try UnlearningRun(plan(), observer: observer)
    #expect(try whole.run().isReady)
    // Before it was set aside, just after, and later.
    #expect(observer.saves.count > 3)
    for saved in observer.saves {
      let second = RecordingObserver()
      let resumed = try UnlearningRun(plan(), observer: second, resuming: saved)
      #expect(try resumed.run().isReady)
      #expect(resumed.weights.bits == whole.weights.bits)
    }
  }

  /// What the controller knew of the requests together must not be gone back to: a row that is pushed no longer has no target.
  @Test func underTheController_whatIsSetAside_isPushedNoLonger_alsoAfterAWayBack() throws {
    var plan = plan()
    plan.settings.steering = SteeringSettings()
    (plan.settings.evaluateEvery, plan.settings.maxSteps) = (1000, 10)
    let first = RecordingObserver()
    _ = try UnlearningRun(plan, observer: first).run()
    let observer = RecordingObserver()
    let start = try Self.hardToGoOn(try #require(first.saves.first))
    _ = try UnlearningRun(plan, observer: observer, resuming: start).run()
    #expect(asides(observer) == ["hard"])
    let saved = try #require(observer.saves.first { $0.state.contains(#""setAside":[{"#) })
    let open = saved.state.matches(of: #/"open":\[([0-9,]*)\]/#).map { match in
      match.1.split(separator: ",").compactMap { Int($0) }
    }
    // Of the state, and of the point that it may go back to.
    try #require(open.count == 2 && open.allSatisfy { !$0.isEmpty && Set($0).isSubset(of: Self.easy) })
    // As if a step had cost far more than was predicted of it.
    let tally = #""tally":{"predicted":-1000000,"quotaShares":1,"reach":0,"steps":1}"#
    let dear = SavedRun(state: saved.state.replacing(#/"tally":\{[^}]*\}/#, with: tally), arrays: saved.arrays)
    plan.settings.steering?.undoAbove = -1e9
    let second = RecordingObserver()
    _ = try UnlearningRun(plan, observer: second, resuming: dear).run()
    let undone = try #require(
      second.events.firstIndex { if case .steered(let it) = $0 { it.causes.contains(.undone) } else { false } })
    #expect(second.events.suffix(from: undone).contains { if case .stepped = $0 { true } else { false } })
  }

  /// The saved run as if retain and forget gradients had been one over the last steps, and the first request in its band.
  private static func hardToGoOn(_ saved: SavedRun) throws -> SavedRun {
    let blocks = saved.arrays.count { $0.name.hasPrefix("weights/") }
    let ones = "[\(Array(repeating: "1e6", count: blocks).joined(separator: ","))]"
    let entry = "{\"forget\":\(ones),\"kappa\":\(ones),\"retain\":\(ones)}"
    func ten(_ text: String) -> String { Array(repeating: text, count: 10).joined(separator: ",") }
    let empty = try #require(saved.state.firstRange(of: #""window":{"costs":[],"entries":[]}"#))
    let full = "\"window\":{\"costs\":[\(ten("0"))],\"entries\":[\(ten(entry))]}"
    var state = saved.state
    state.replaceSubrange(empty, with: full)
    let latest = try #require(state.firstRange(of: #""latest":{"groups":["#))
    let auc = try #require(state[latest.upperBound...].firstRange(of: #/"membershipAUC":[-+0-9.e]+/#))
    state.replaceSubrange(auc, with: #""membershipAUC":0.5"#)
    return SavedRun(state: state, arrays: saved.arrays)
  }

  @Test func acceptedCost_pushesTheOneThatWasSetAsideAgain() throws {
    var plan = plan()
    plan.settings.maxSteps = 30
    let observer = RecordingObserver()
    let held = try #require(try UnlearningRun(plan, observer: observer).run().result)
    try #require(held.ending == .maxSteps && held.requests[1].setAside != nil)
    plan.policy.acceptedRetainCost = 100
    let second = RecordingObserver()
    let resumed = try UnlearningRun(plan, observer: second, resuming: held.saved)
    let later = try resumed.run()
    #expect(asides(second).isEmpty)
    let steps = second.events.compactMap { if case .stepped(let step) = $0 { step.step } else { nil } }
    #expect(steps.first == 31)
    if let result = later.result {
      #expect(result.requests.allSatisfy { $0.setAside == nil } && result.ending == .maxSteps)
      #expect(result.groups[0].before == held.groups[0].before && result.groups[1].before == held.groups[1].before)
    }
  }

  @Test func withoutAStop_nothingIsSetAside() throws {
    var plan = plan()
    plan.policy.stopsOnHardness = false
    plan.settings.maxSteps = 60
    let observer = RecordingObserver()
    _ = try UnlearningRun(plan, observer: observer).run()
    #expect(asides(observer).isEmpty)
    #expect(observer.events.contains { if case .hardnessBegan = $0 { true } else { false } })
  }
}
