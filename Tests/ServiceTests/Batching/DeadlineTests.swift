import Ledger
import Platform
import Requests
import Service
import Testing

@Suite struct BatchingDeadlineTests {
  // A run of 10 minutes and 30 to spare: 40 minutes before the deadline.

  @Test(arguments: [(44, false), (45, true), (46, true)])
  func deadline_isMetByStartingEarly(_ minute: Int, _ isFormed: Bool) throws {
    var scene = BatchingScene(maxWait: 600)
    try scene.add(deadline: 85)
    #expect((scene.formed(at: minute)?.cause == .nearDeadline) == isFormed)
    if !isFormed { #expect(scene.decide(at: minute) == .wait(until: BatchingScene.minute(45))) }
  }

  @Test func deadline_thatIsFar_changesNothing() throws {
    var scene = BatchingScene()
    try scene.add(deadline: 100_000)
    #expect(scene.decide() == .wait(until: BatchingScene.minute(10)))
    #expect(try #require(scene.formed(at: 10)).cause == .waited)
  }

  @Test(arguments: [(84, Batching.Batch.Cause.nearDeadline, 0), (85, .passedDeadline, 1), (86, .passedDeadline, 1)])
  func deadline_thatHasPassed_startsAtOnceWithAWarning(
    _ minute: Int, _ cause: Batching.Batch.Cause, _ warnings: Int
  ) throws {
    var scene = BatchingScene(maxWait: 600)
    try scene.add(deadline: 85)
    guard case .form(let batch) = scene.decide(at: minute) else { return #expect(Bool(false), "no batch") }
    #expect(batch.cause == cause)
    #expect(batch.passedDeadlines.count == warnings)
  }

  @Test func passedDeadline_ofOneThatIsTakenAlong_isNamedToo() throws {
    var scene = BatchingScene(maxWait: 600)
    try scene.add(deadline: -5)
    try scene.add(deadline: -9, urgent: true)
    try scene.add()
    guard case .form(let batch) = scene.decide() else { return #expect(Bool(false), "no batch") }
    #expect(batch.requests.map(\.text) == ["r1", "r2", "r3"])
    #expect(batch.passedDeadlines.map(\.text) == ["r1", "r2"])
  }

  @Test func longRuns_needALongerMargin() throws {
    var scene = BatchingScene(maxWait: 600)
    scene.expectedRun = .seconds(3600)
    try scene.add(deadline: 300)
    #expect(scene.decide() == .wait(until: BatchingScene.minute(180)))
  }

  @Test func runsOfBothKinds_areInEachOthersWay() throws {
    var scene = BatchingScene(maxWait: 600)
    try scene.add(kind: .rows, deadline: 300)
    try scene.add(kind: .classes, deadline: 300)
    try scene.add(kind: .classes, deadline: 900)
    #expect(scene.decide() == .wait(until: BatchingScene.minute(250)))
    scene.waiting[1].deadline = BatchingScene.minute(301)
    #expect(scene.decide() == .wait(until: BatchingScene.minute(251)))
    scene.waiting[1].deadline = BatchingScene.minute(900)
    #expect(scene.decide() == .wait(until: BatchingScene.minute(260)))
  }

  @Test func order_isDeadlineThenUrgencyThenAcceptance() throws {
    var scene = BatchingScene(maxRequests: 1)
    try scene.add()
    try scene.add(urgent: true)
    try scene.add(deadline: 20)
    try scene.add(deadline: 10)
    try scene.add(urgent: true)
    try scene.add(deadline: 10, urgent: true)
    scene.isFlushed = true
    var order: [String] = []
    while let first = scene.formed()?.names {
      order.append(first)
      scene.waiting.removeAll { $0.id.text == first }
    }
    #expect(order == ["r6", "r4", "r3", "r2", "r5", "r1"])
  }

  @Test func ripeRequests_areNotOvertakenByDeadlinesThatAreFar() throws {
    var scene = BatchingScene(maxRequests: 2, maxWait: 600)
    try scene.add(deadline: 100_000)
    try scene.add(deadline: 100_001)
    try scene.add(urgent: true)
    #expect(try #require(scene.formed()) == ("r1 r3", .urgent))
  }
}

@Suite struct BatchingPropertyTests {
  private struct Dice: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return state ^ (state >> 29)
    }
  }

  private func scene(_ dice: inout Dice) throws -> BatchingScene {
    var scene = BatchingScene(maxRequests: .random(in: 1...5, using: &dice), maxSamples: 40, maxWait: 30)
    scene.isFlushed = .random(in: 0..<9, using: &dice) == 0
    for _ in 0..<Int.random(in: 0...12, using: &dice) {
      try scene.add(
        rows: .random(in: 1...50, using: &dice), at: .random(in: -40...0, using: &dice),
        kind: Bool.random(using: &dice) ? .rows : .classes,
        deadline: Bool.random(using: &dice) ? .random(in: -20...200, using: &dice) : nil,
        urgent: .random(in: 0..<9, using: &dice) == 0)
    }
    return scene
  }

  /// Whatever waits: batches keep their limits, everybody is served once, and an answer of "wait" is kept.
  @Test func anyQueue_isServedWithinTheLimits() throws {
    var dice = Dice(state: 42)
    for _ in 0..<3000 {
      var scene = try scene(&dice)
      var minute = 0
      var served: Set<RequestID> = []
      let everybody = Set(scene.waiting.map(\.id))
      while true {
        let decision = scene.decide(at: minute)
        scene.waiting.shuffle(using: &dice)
        #expect(scene.decide(at: minute) == decision, "the order in which they are handed in does not matter")
        switch decision {
        case .idle:
          #expect(scene.waiting.isEmpty)
        case .wait(let time):
          #expect(time > BatchingScene.minute(minute) && time <= BatchingScene.minute(30))
          minute += 1
          continue
        case .form(let batch):
          check(batch, scene)
          served.formUnion(batch.requests)
          scene.waiting.removeAll { batch.requests.contains($0.id) }
          continue
        }
        break
      }
      #expect(served == everybody)
    }
  }

  private func check(_ batch: Batching.Batch, _ scene: BatchingScene) {
    let members = batch.requests.compactMap { id in scene.waiting.first { $0.id == id } }
    #expect(!members.isEmpty && members.count == batch.requests.count)
    #expect(members.count <= scene.settings.maxRequests)
    #expect(members.allSatisfy { $0.kind == batch.kind })
    let rows = members.reduce(0) { $0 + $1.rows }
    #expect(rows <= scene.settings.maxSamples || members.count == 1)
    #expect(zip(members, members.dropFirst()).allSatisfy { $0.sequence < $1.sequence })
  }
}
