import Ledger
import Platform
import Requests

/// A ledger in a folder of its own, with a clock that each test moves by hand and the shortest way to each state.
final class Bench {
  let folder: Folder
  let path: String
  var ledger: Ledger
  var now = Timestamp(nanosecondsSinceEpoch: 1_790_000_000_000_000_000)
  static let alice = Submitter(uid: 1000, name: "alice")
  static let trainingRows = 1000
  /// The format that tampering has brought the file to.
  var formats = LedgerSchema.current.format

  init(waitingLimit: Int = Ledger.waitingRequests) throws {
    folder = try Folder()
    path = folder.file("ledger.sqlite")
    ledger = try Ledger(path: path, waitingLimit: waitingLimit)
    _ = try ledger.ensureModel("m", at: now)
    try ledger.recordInitialVersion(Self.version(1, parent: nil), of: "m", at: now)
  }

  /// As after a crash: nothing was closed, nothing in memory is left.
  func crash() throws { ledger = try Ledger(path: path) }

  func pass(_ duration: Duration) { now = now + duration }

  static func version(_ number: Int, parent: Int?) -> NewVersion {
    NewVersion(number: number, parent: parent, record: SHA256Digest.of("record of version \(number)"))
  }

  static func id(_ text: String) throws -> RequestID {
    guard let id = RequestID(text) else { throw Missing(what: "an id") }
    return id
  }

  static func mark(_ row: Int) -> RowMark {
    RowMark(row: row, content: SHA256Digest.of("row \(row)"), id: SHA256Digest.of("id \(row)"))
  }
}

struct Missing: Error { let what: String }

// MARK: - Submitting

extension Bench {
  /// What a test wants of a submission.
  struct Wish {
    var model = "m"
    var rows: RowSet
    var labels: [Int] = []
    var submitter = Bench.alice
    var share = 1.0
    var more = ""
    var isResolved = true
    /// Without a resolution: whether it waits for the model to be opened.
    var awaitsModel = false

    init(_ rows: Int...) { self.rows = RowSet(rows) }
    init(_ range: ClosedRange<Int>) { rows = RowSet(ranges: [range]) }
  }

  func submission(_ id: String, _ wish: Wish, marks: [RowMark]? = nil) throws -> Submission {
    let selection = wish.labels.isEmpty ? "samples: [\(wish.rows.text)]" : "classes: [\(wish.labels[0])]"
    let text = "hamud: 1\nid: \(id)\nmodel: \(wish.model)\nforget: {\(selection)}\n\(wish.more)"
    let marks = wish.labels.isEmpty ? marks ?? wish.rows.rows.map(Bench.mark) : []
    let resolution = Resolution(
      rows: wish.rows, labels: wish.labels, marks: marks, trainingRows: Bench.trainingRows,
      maxForgetShare: wish.share)
    return Submission(
      manifest: try Manifest.parse(Array(text.utf8), fileStem: id), bytes: Array(text.utf8), submitter: wish.submitter,
      receivedAt: now, resolution: wish.isResolved ? resolution : nil, awaitsModel: wish.awaitsModel)
  }

  @discardableResult
  func accept(_ id: String, _ wish: Wish, quotas: Quotas = .none) throws -> AcceptOutcome {
    try ledger.accept(try submission(id, wish), quotas: quotas, at: now)
  }

  /// Rows with contents and ids of their own.
  func accept(_ id: String, marks: [RowMark]) throws {
    var wish = Wish()
    wish.rows = RowSet(marks.map(\.row))
    _ = try ledger.accept(try submission(id, wish, marks: marks), quotas: .none, at: now)
  }
}

// MARK: - Going on

extension Bench {
  func state(_ id: String) throws -> RequestState? { try ledger.request(try Bench.id(id))?.state }

  func record(_ id: String) throws -> RequestRecord {
    guard let record = try ledger.request(try Bench.id(id)) else { throw Missing(what: "request \(id)") }
    return record
  }

  func receipt(_ id: String) throws -> Receipt {
    guard let receipt = try ledger.receipt(for: try Bench.id(id)) else { throw Missing(what: "receipt \(id)") }
    return receipt
  }

  func schedule(_ ids: String...) throws -> Int {
    guard let number = try ledger.createBatch(of: ids.map { try Bench.id($0) }, at: now).number else {
      throw Missing(what: "batch")
    }
    return number
  }

  func start(_ batch: Int) throws -> PlannedRun {
    guard let plan = try ledger.startRun(batch, at: now) else { throw Missing(what: "run") }
    return plan
  }

  /// Accepts, schedules and starts.
  func run(_ id: String, _ wish: Wish) throws -> PlannedRun {
    try accept(id, wish)
    return try start(try schedule(id))
  }

  func ending(_ request: PlannedRun.Request, _ reason: Reason = .target, label: Int = 3) -> Publication.Ending {
    let forgotten = request.rows.rows.map { row in
      ForgottenRow(
        mark: Bench.mark(row), label: request.labels.first ?? label, phi: request.labels.isEmpty ? nil : -1.5)
    }
    return Publication.Ending(
      request: request.id, reason: reason, detail: "done", evidence: Bench.evidence, forgotten: forgotten)
  }

  func publication(_ plan: PlannedRun) -> Publication {
    let version = Bench.version(plan.parentVersion + 1, parent: plan.parentVersion)
    return Publication(
      batch: plan.batch, generation: plan.generation, version: version, endings: plan.requests.map { ending($0) })
  }

  /// The same of a run that went on without these requests.
  func publish(_ plan: PlannedRun, without aside: [RequestID]) throws {
    let version = Bench.version(plan.parentVersion + 1, parent: plan.parentVersion)
    var publication = Publication(
      batch: plan.batch, generation: plan.generation, version: version,
      endings: plan.requests.filter { !aside.contains($0.id) }.map { ending($0) })
    publication.setAside = aside.map {
      Publication.SetAside(request: $0, reason: .unavoidable, detail: "hard by itself", evidence: Bench.evidence)
    }
    _ = try ledger.publish(publication, at: now)
  }

  /// One that sets aside a request of no batch.
  func publicationWithStranger(_ plan: PlannedRun) throws -> Publication {
    try accept("stranger", Wish(900))
    var publication = publication(plan)
    publication.setAside = [
      Publication.SetAside(
        request: try Bench.id("stranger"), reason: .unavoidable, detail: "x", evidence: Bench.evidence)
    ]
    return publication
  }

  @discardableResult
  func publish(_ plan: PlannedRun) throws -> [RequestID] { try ledger.publish(publication(plan), at: now) }

  func hold(_ plan: PlannedRun, _ reason: Reason = .retainBudget, steps: Int = 40) throws {
    let evidence = Dictionary(uniqueKeysWithValues: plan.requests.map { ($0.id, Bench.evidence) })
    try ledger.holdBatch(
      BatchHold(batch: plan.batch, reason: reason, steps: steps, evidence: evidence) { _ in "it costs too much" },
      at: now)
  }

  func fail(_ plan: PlannedRun, keepsProgress: Bool = true) throws -> FailureOutcome {
    try ledger.failBatch(
      plan.batch, reason: .nonFinite, detail: "a loss is not finite", keepsProgress: keepsProgress, at: now)
  }

  static var evidence: Evidence {
    var evidence = Evidence()
    evidence.steps = 42
    evidence.judged = .request
    var figures = Receipt.Figures()
    figures.forgetLoss = 0.125
    figures.membershipAUC = 0.5625
    figures.membershipInterval = 0.5...0.625
    evidence.before = figures
    figures.forgetLoss = 1.5
    evidence.after = figures
    var hardness = Receipt.Hardness(isUnavoidable: true)
    hardness.kappa = -0.25
    evidence.hardness = hardness
    evidence.goingOn = Receipt.GoingOn(retainCostPerStep: 0.001, steps: 12)
    return evidence
  }

  /// Runs statements on the file behind the ledger's back: a migration to the next format does what it is told.
  func tamper(_ sql: String) throws {
    try ledger.close()
    formats += 1
    let schema = LedgerSchema(format: formats, migrations: [formats - 1: sql])
    ledger = try Ledger(path: path, schema: schema)
  }
}
