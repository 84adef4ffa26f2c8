package import Checkpoints
import Datasets
package import Ledger
package import Networks
package import Platform
import Requests
package import Unlearning

/// Everything that one run of a batch is made from, gathered before it starts: the run asks nobody for anything else.
package struct RunJob: Sendable {
  package let planned: PlannedRun
  package let model: LoadedModel
  /// Rows with a tombstone, and those of other waiting requests, as they were when the run began.
  package let forgotten: RowSet
  package let pending: RowSet
  package let erasures: EarlierErasures
  /// The number that the version will have.
  package let number: Int
  package let workers: Int
  package let blas: BLASReport
  /// Signs the version's record.
  package let key: SigningKey

  package init(
    planned: PlannedRun, model: LoadedModel, forgotten: RowSet, pending: RowSet, erasures: EarlierErasures, number: Int,
    workers: Int, blas: BLASReport, key: SigningKey
  ) {
    self.planned = planned
    self.model = model
    self.forgotten = forgotten
    self.pending = pending
    self.erasures = erasures
    self.number = number
    self.workers = workers
    self.blas = blas
    self.key = key
  }

  /// The batch's rows, ascending.
  package var forgetRows: [Int] { planned.requests.reduce(RowSet.empty) { $0.union($1.rows) }.rows }

  /// What may be retained: all but what is or was to be forgotten.
  package var retainRows: [Int] {
    Partition(
      trainCount: model.dataset.train.count, forget: forgetRows, excluded: forgotten.union(pending).rows, heldout: []
    ).retain
  }

  /// The strictest of the model's policy and the requests'.
  package var policy: RunPolicy {
    var policy = RunPolicy()
    policy.stopsOnHardness =
      OnHardness.strictest([model.settings.policy.onHardness] + planned.requests.compactMap(\.onHardness)) == .stop
    policy.retainBudget = model.settings.policy.retainBudget
    policy.holdsOnReturn = model.settings.policy.onReturn == .hold
    policy.acceptedRetainCost = planned.acceptedRetainCost
    return policy
  }

  /// - Parameter retainRows: of the run that is gone on with, which does not change its retain set because further
  ///   requests came meanwhile.
  package func plan(retainRows: [Int], parent: ModelDirectory) -> RunPlan {
    var plan = RunPlan(
      dataset: model.dataset, parent: parent,
      requests: planned.requests.map {
        ForgetRequest(
          key: $0.id.text, kind: $0.labels.isEmpty ? .rows : .classes($0.labels), rows: $0.rows.rows)
      },
      retainRows: retainRows, heldoutRows: model.heldout)
    plan.erasures = erasures
    plan.settings = RunSettings(model.settings.unlearning)
    plan.target = RunTarget(model.settings.target)
    plan.policy = policy
    plan.imprintSeed = imprintSeed
    plan.workers = workers
    return plan
  }

  /// Whoever lacks the model's salt cannot draw it; a run that is repeated draws the same.
  private var imprintSeed: UInt64 {
    SHA256Digest.salted(Array("imprint of batch \(planned.batch)".utf8), salt: model.salt).bytes.prefix(8)
      .reduce(0) { $0 << 8 | UInt64($1) }
  }

  /// What saved progress must match to be gone on from. Budget, target and step limit are not in it: a person may change
  /// those and go on.
  package var progressKey: RunProgress.Key {
    let requests = planned.requests.map { "\($0.id) \($0.digest) \($0.rows.text) \($0.labels)" }
    let unlearning = model.settings.unlearning
    let keys = [
      "method", "learning_rate", "objective", "radius", "constraint", "allocation", "batch_size", "max_grad_norm",
      "guards", "seed", "controller",
    ]
    let parts =
      keys.map { unlearning.json[$0]?.text ?? "-" }
      + [
        String(planned.generation), String(planned.take), model.fingerprint.files.map(\.sha256).joined(separator: " "),
      ] + requests
    return RunProgress.Key(
      batch: planned.batch, parent: planned.parentVersion, parentRecord: model.current.recordDigest,
      settingsDigest: SHA256Digest.of(parts.joined(separator: "\n")).description)
  }
}
