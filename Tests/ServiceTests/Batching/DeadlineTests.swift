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

  /// In which order they are served when each is a batch of its own.
  private func order(_ scene: BatchingScene) -> [String] {
    var (scene, order) = (scene, [String]())
    scene.isFlushed = true
    while let first = scene.formed()?.names {
      order.append(first)
      scene.waiting.removeAll { $0.id.text == first }
    }
    return order
  }

  @Test func order_isWhenARequestIsDue_thenAcceptance() throws {
    var scene = BatchingScene(maxRequests: 1)
    // A month and a day after now.
    let (month, day) = (30 * 1440, 1440)
    try scene.add()
    try scene.add(urgent: true)
    try scene.add(deadline: 50)
    try scene.add(deadline: 40)
    try scene.add(urgent: true)
    try scene.add(deadline: 40, urgent: true)
    try scene.add(deadline: month + 1)
    try scene.add(deadline: month - 1)
    try scene.add(deadline: day + 1, urgent: true)
    try scene.add(deadline: day - 1)
    #expect(order(scene) == ["r4", "r6", "r3", "r10", "r2", "r5", "r9", "r8", "r1", "r7"])
  }

  @Test func deadline_thatIsFar_setsNobodyBehindThoseWithout() throws {
    var scene = BatchingScene(maxRequests: 1)
    try scene.add(at: -1, deadline: 100_000)
    try scene.add(at: 0)
    #expect(order(scene) == ["r1", "r2"])
  }

  @Test func deadlines_thatWereLateOnArrival_areDueAfterTheMargin_inTheOrderOfAcceptance() throws {
    var scene = BatchingScene(maxRequests: 1)
    try scene.add(at: 0, deadline: 29)
    try scene.add(at: 0, deadline: 10)
    try scene.add(at: -1, deadline: 29)
    try scene.add(at: 0, deadline: -100_000, urgent: true)
    try scene.add(at: 0, deadline: 31)
    #expect(order(scene) == ["r3", "r1", "r2", "r4", "r5"])
  }

  @Test func acceptance_thatLiesAheadOfNow_countsAsNow() throws {
    var scene = BatchingScene(maxRequests: 1)
    try scene.add(at: 1000, deadline: 20)
    try scene.add(at: 0, deadline: 31)
    try scene.add(at: 1000)
    try scene.add(at: 0)
    #expect(order(scene) == ["r1", "r2", "r3", "r4"])
  }

  @Test func waitingBySteadyClock_countsWhereTheOtherWasSetBack() throws {
    var scene = BatchingScene(maxRequests: 1)
    try scene.add(at: 0, deadline: 10)
    try scene.add(at: 100_000)
    #expect(order(scene) == ["r1", "r2"])
    scene.waiting[1].waited = Batching.longestWait
    #expect(order(scene) == ["r2", "r1"])
  }

  @Test func ripeRequests_areNotOvertakenByDeadlinesThatAreFar() throws {
    var scene = BatchingScene(maxRequests: 2, maxWait: 600)
    try scene.add(deadline: 100_000)
    try scene.add(deadline: 100_001)
    try scene.add(urgent: true)
    #expect(try #require(scene.formed()) == ("r1 r3", .urgent))
  }
}

/// Somebody hands in one small request after another, as fast as they are served.
@Suite struct BatchingFloodTests {
  private static let (longAgo, month, day) = (-29_000_000, 30 * 1440, 1440)

  /// A run of half an hour serves one request, and before each another one comes in.
  /// - Returns: the minute at which `r1` is served; nil where that does not happen within two months.
  private func served(_ scene: BatchingScene, deadline: Int? = nil, urgent: Bool = false) throws -> Int? {
    var scene = scene
    for minute in stride(from: 0, to: 2 * Self.month, by: 30) {
      try scene.add(rows: 1, at: minute, deadline: deadline, urgent: urgent)
      guard case .form(let batch) = scene.decide(at: minute) else { continue }
      if batch.requests.map(\.text).contains("r1") { return minute }
      scene.waiting.removeAll { batch.requests.contains($0.id) }
    }
    return nil
  }

  @Test(arguments: [
    (at: 0, deadline: Int?.none, served: month - 30), (1 - month, nil, 0), (31 - month, nil, 30), (0, day, day - 30),
    (0, 60, 30),
  ])
  func passedDeadlines_keepNobodyWaitingPastTheOwn(_ at: Int, _ deadline: Int?, _ minute: Int) throws {
    var scene = BatchingScene(maxRequests: 1)
    try scene.add(at: at, deadline: deadline)
    #expect(try served(scene, deadline: Self.longAgo) == minute)
    #expect(try served(scene, deadline: Self.longAgo, urgent: true) == minute)
  }

  @Test func passedDeadlines_keepNoUrgentRequestWaiting() throws {
    var scene = BatchingScene(maxRequests: 1)
    try scene.add(urgent: true)
    #expect(try served(scene, deadline: Self.longAgo) == Self.day - 30)
  }

  @Test(arguments: [
    (at: 0, deadline: Int?.none, served: month - day), (day - month, nil, 0), (day - month + 30, nil, 30),
    (-60, day, 0),
  ])
  func urgentRequests_keepNobodyWaitingForMoreThanAMonthLessADay(_ at: Int, _ deadline: Int?, _ minute: Int) throws {
    var scene = BatchingScene(maxRequests: 1)
    try scene.add(at: at, deadline: deadline)
    #expect(try served(scene, urgent: true) == minute)
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
