import Ledger
import Platform
import Requests
import Service
import Testing

/// Requests on a line of time: minutes since a fixed morning.
struct BatchingScene {
  var settings = ModelSettings.Batching()
  var waiting: [Batching.Waiting] = []
  var expectedRun: Duration = .seconds(600)
  var isFlushed = false

  static let morning = Timestamp(nanosecondsSinceEpoch: 1_790_000_000_000_000_000)
  static func minute(_ minute: Int) -> Timestamp { morning + .seconds(60 * minute) }

  init(maxRequests: Int = 64, maxSamples: Int = 5000, maxWait: Int = 10) {
    settings.maxRequests = maxRequests
    settings.maxSamples = maxSamples
    settings.maxWait = .seconds(60 * maxWait)
  }

  /// Adds `r1`, `r2`, ... in the order of acceptance.
  mutating func add(
    rows: Int = 10, at minute: Int = 0, kind: RequestKind = .rows, deadline: Int? = nil, urgent: Bool = false
  ) throws {
    let number = waiting.count + 1
    let id = try #require(RequestID("r\(number)"))
    var request = Batching.Waiting(
      id, sequence: Int64(number), kind: kind, rows: rows, acceptedAt: Self.minute(minute))
    request.deadline = deadline.map(Self.minute)
    request.isUrgent = urgent
    waiting.append(request)
  }

  func decide(at minute: Int = 0) -> Batching.Decision {
    Batching.decide(
      waiting, settings: settings, expectedRun: expectedRun, isFlushed: isFlushed, at: Self.minute(minute))
  }

  /// The batch that is formed now: `r1 r3`, or nothing.
  func formed(at minute: Int = 0) -> (names: String, cause: Batching.Batch.Cause)? {
    guard case .form(let batch) = decide(at: minute) else { return nil }
    return (batch.requests.map(\.text).joined(separator: " "), batch.cause)
  }
}

@Suite struct BatchingTests {
  @Test func nobodyWaiting_isIdle() {
    var scene = BatchingScene()
    #expect(scene.decide() == .idle)
    scene.isFlushed = true
    #expect(scene.decide() == .idle)
  }

  @Test func oneRequest_waitsForOthersUntilMaxWait() throws {
    var scene = BatchingScene()
    try scene.add(at: 0)
    #expect(scene.decide(at: 0) == .wait(until: BatchingScene.minute(10)))
    #expect(scene.decide(at: 9) == .wait(until: BatchingScene.minute(10)))
    let batch = try #require(scene.formed(at: 10))
    #expect(batch == ("r1", .waited))
  }

  @Test func oldestRequest_takesTheYoungerAlong() throws {
    var scene = BatchingScene()
    try scene.add(at: 0)
    try scene.add(at: 9)
    #expect(scene.decide(at: 9) == .wait(until: BatchingScene.minute(10)))
    #expect(try #require(scene.formed(at: 10)) == ("r1 r2", .waited))
  }

  @Test(arguments: [(3, false), (4, true), (5, true)])
  func requests_enoughForABatch_doNotWait(_ count: Int, _ isFormed: Bool) throws {
    var scene = BatchingScene(maxRequests: 4)
    for _ in 0..<count { try scene.add() }
    #expect((scene.formed() != nil) == isFormed)
    if isFormed { #expect(try #require(scene.formed()) == ("r1 r2 r3 r4", .full)) }
  }

  @Test(arguments: [(33, false), (34, true)])
  func rows_enoughForABatch_doNotWait(_ rows: Int, _ isFormed: Bool) throws {
    var scene = BatchingScene(maxSamples: 100)
    try scene.add(rows: 66)
    try scene.add(rows: rows)
    #expect((scene.formed()?.cause == .full) == isFormed)
  }

  @Test func requestThatDoesNotFit_leadsALaterBatchAndLetsSmallerOnesPass() throws {
    var scene = BatchingScene(maxSamples: 100)
    try scene.add(rows: 60)
    try scene.add(rows: 60)
    try scene.add(rows: 40)
    #expect(try #require(scene.formed()).names == "r1 r3")
    scene.waiting.removeAll { $0.sequence != 2 }
    #expect(try #require(scene.formed(at: 10)) == ("r2", .waited))
  }

  @Test(arguments: [(100, "r1 r2"), (101, "r1")])
  func largeRequest_runsAloneAndAtOnce(_ rows: Int, _ names: String) throws {
    var scene = BatchingScene(maxSamples: 100)
    try scene.add(rows: rows)
    try scene.add(rows: 0, at: 0)
    let batch = try #require(scene.formed())
    #expect(batch.names == names)
    #expect(batch.cause == (rows > 100 ? .large : .full))
  }

  @Test func largeRequest_isNotTakenAlong() throws {
    var scene = BatchingScene(maxSamples: 100)
    try scene.add(rows: 500)
    try scene.add(rows: 1, urgent: true)
    #expect(try #require(scene.formed()) == ("r2", .urgent))
    scene.waiting.remove(at: 1)
    #expect(try #require(scene.formed()) == ("r1", .large))
  }

  @Test func largeRequest_doesNotMakeTheOthersFull() throws {
    var scene = BatchingScene(maxSamples: 100)
    try scene.add(rows: 500)
    try scene.add(rows: 1)
    #expect(try #require(scene.formed()).names == "r1")
    scene.waiting.remove(at: 0)
    #expect(scene.decide() == .wait(until: BatchingScene.minute(10)))
  }

  @Test func classRequests_runApartFromRowRequests() throws {
    var scene = BatchingScene()
    try scene.add(kind: .rows)
    try scene.add(kind: .classes, urgent: true)
    try scene.add(kind: .classes)
    guard case .form(let batch) = scene.decide() else { return #expect(Bool(false), "no batch") }
    #expect(batch.kind == .classes)
    #expect(batch.requests.map(\.text) == ["r2", "r3"])
  }

  @Test func kinds_areCountedApart() throws {
    var scene = BatchingScene(maxRequests: 3)
    for kind in [RequestKind.rows, .classes, .rows, .classes] { try scene.add(kind: kind) }
    #expect(scene.decide() == .wait(until: BatchingScene.minute(10)))
    try scene.add(kind: .classes)
    #expect(try #require(scene.formed()) == ("r2 r4 r5", .full))
  }

  @Test func urgent_doesNotWaitAndTakesOthersAlong() throws {
    var scene = BatchingScene()
    try scene.add()
    try scene.add(urgent: true)
    #expect(try #require(scene.formed()) == ("r1 r2", .urgent))
  }

  @Test func flush_waitsForNothing() throws {
    var scene = BatchingScene()
    try scene.add()
    try scene.add()
    scene.isFlushed = true
    #expect(try #require(scene.formed()) == ("r1 r2", .flushed))
  }

  @Test func clockThatWasSetBack_makesNobodyWaitForItToCatchUp() throws {
    var scene = BatchingScene()
    try scene.add(at: 100)
    #expect(try #require(scene.formed(at: 0)) == ("r1", .waited))
    #expect(scene.decide(at: 95) == .wait(until: BatchingScene.minute(105)))
  }

  @Test func latestStart_isWhenARequestMayWaitNoLonger() throws {
    var scene = BatchingScene()
    try scene.add(at: 0)
    try scene.add(at: 0, urgent: true)
    try scene.add(at: 0, deadline: 45)
    let starts = scene.waiting.map { request in
      Batching.latestStart(
        of: request, settings: scene.settings, expectedRun: scene.expectedRun, at: BatchingScene.minute(2))
    }
    #expect(starts == [10, 2, 5].map(BatchingScene.minute))
  }
}
