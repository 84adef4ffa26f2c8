import Ledger
import Platform
import Requests

/// Does one thing after another to a ledger, sensible or not, as a seed says; and knows what must be true after each.
struct Wanderer {
  var random: SplitMix
  let bench: Bench
  private var submitted = 0
  private var plans: [PlannedRun] = []

  init(seed: UInt64) throws {
    random = SplitMix(seed: seed)
    bench = try Bench()
    _ = try bench.ledger.ensureModel("n", at: bench.now)
    try bench.ledger.recordInitialVersion(Bench.version(1, parent: nil), of: "n", at: bench.now)
  }

  /// - Returns: the error, when the ledger refused; then it must be as it was.
  mutating func step() throws -> LedgerError? {
    bench.pass(.seconds(random.below(400)))
    do {
      try act()
      return nil
    } catch let error as LedgerError {
      return error
    }
  }

  private mutating func act() throws {
    switch random.below(20) {
    case 0...4: try submit()
    case 5, 6: _ = try bench.ledger.createBatch(of: someIDs(), at: bench.now)
    case 7, 8: if let plan = try bench.ledger.startRun(someBatch(), at: bench.now) { plans.append(plan) }
    case 9: if let plan = somePlan() { try bench.publish(plan) }
    case 10:
      if let plan = somePlan() { try bench.publish(plan, without: plan.requests.dropFirst(1).map(\.id)) }
    case 11: if let plan = somePlan() { try bench.hold(plan, steps: random.below(200)) }
    case 12: if let plan = somePlan() { _ = try bench.fail(plan, keepsProgress: random.below(2) == 0) }
    case 13: _ = try bench.ledger.scheduleDueRetries(at: bench.now)
    case 14: try bench.ledger.cancel(someID(), by: 0, at: bench.now)
    case 15: _ = try bench.ledger.resume(someID(), acceptRetainCost: 0.1, by: 0, at: bench.now)
    case 16: _ = try bench.ledger.retry(someID(), by: 0, at: bench.now)
    case 17: try missOrReadmit()
    case 18: try changeData()
    default: try pauseOrCrash()
    }
  }

  private mutating func submit() throws {
    submitted += 1
    let first = random.below(60)
    var wish = Bench.Wish(first...first + random.below(6))
    wish.model = random.below(4) == 0 ? "n" : "m"
    wish.share = random.below(8) == 0 ? 0.001 : 1
    wish.isResolved = random.below(6) != 0
    wish.awaitsModel = random.below(2) == 0
    if random.below(4) == 0 { wish.labels = [first / 10] }
    try bench.accept("r\(random.below(submitted + 1))", wish)
  }

  private mutating func missOrReadmit() throws {
    let first = random.below(60)
    let resolution = Resolution(
      rows: RowSet(ranges: [first...first + 2]), trainingRows: 1000, maxForgetShare: random.below(6) == 0 ? 0.001 : 1)
    switch random.below(8) {
    case 0, 1: _ = try bench.ledger.holdForMissingModel(someModel(), detail: "not configured", at: bench.now)
    case 2, 3: _ = try bench.ledger.readmit(someID(), resolution: resolution, at: bench.now)
    case 4: _ = try bench.ledger.readmit(someID(), resolution: nil, at: bench.now)
    case 5:
      if let id = try someUnresolved() { try bench.ledger.holdUnresolved(id, detail: "nothing", at: bench.now) }
    default:
      if let id = try someUnresolved() { _ = try bench.ledger.resolve(id, resolution, at: bench.now) }
    }
  }

  private mutating func someUnresolved() throws -> RequestID? {
    let waiting = try bench.ledger.unresolvedRequests(of: someModel())
    return waiting.isEmpty ? nil : waiting[random.below(waiting.count)]
  }

  /// New data in which some rows are at another place and some are gone; or a model that remembers some.
  private mutating func changeData() throws {
    let model = someModel()
    var places: [Int64: Int] = [:]
    for stone in try bench.ledger.markedTombstones(of: model) where random.below(4) != 0 {
      places[stone.key] = (stone.row ?? random.below(60)) + random.below(3)
    }
    var filter = RequestFilter(states: RequestState.allCases.filter(\.isWaiting), model: model)
    filter.limit = 5
    var (requests, lost): ([RequestID: Resolution], [RequestID: Relocation.Lost]) = ([:], [:])
    for request in try bench.ledger.requests(filter) {
      if random.below(3) == 0 { lost[request.id] = Relocation.Lost("its rows are gone") }
      let first = random.below(60)
      let rows = random.below(4) == 0 ? RowSet.empty : RowSet(ranges: [first...first + 2])
      requests[request.id] = Resolution(rows: rows, trainingRows: 1000, maxForgetShare: 1)
    }
    let relocation = Relocation(
      model: model, fingerprint: "{}", tombstones: places, requests: requests, lost: lost)
    if random.below(2) == 0 {
      try bench.ledger.rematch(relocation, at: bench.now)
    } else {
      let number = (try bench.ledger.model(model)?.currentVersion ?? 0) + random.below(3)
      let version = ImportedVersion(version: Bench.version(number, parent: nil), trainingData: relocation)
      _ = try bench.ledger.importVersion(version, at: bench.now)
    }
  }

  private mutating func pauseOrCrash() throws {
    switch random.below(3) {
    case 0: try bench.ledger.pause(someModel(), .person, detail: "x", at: bench.now)
    case 1: try bench.ledger.unpause(someModel(), .person, at: bench.now)
    default:
      try bench.crash()
      plans = try bench.ledger.interruptedRuns()
    }
  }

  private mutating func someModel() -> String { random.below(3) == 0 ? "n" : "m" }
  private mutating func someBatch() -> Int { 1 + random.below(12) }
  private mutating func somePlan() -> PlannedRun? { plans.isEmpty ? nil : plans[random.below(plans.count)] }

  private mutating func someID() throws -> RequestID { try Bench.id("r\(random.below(submitted + 2))") }

  private mutating func someIDs() throws -> [RequestID] {
    let accepted = try bench.ledger.requests(RequestFilter(states: [.accepted]))
    if random.below(6) == 0 || accepted.isEmpty { return [try someID(), try someID()] }
    let first = accepted[random.below(accepted.count)]
    return accepted.filter { $0.model == first.model && $0.kind == first.kind }.map(\.id)
  }
}
