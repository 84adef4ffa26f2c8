import Checkpoints
import Datasets
import Ledger
import Networks
import Platform
import Requests
import Unlearning

extension VersionRecord {
  /// What a version says of the run that made it.
  init(job: RunJob, result: RunResult, retainRows: [Int], at now: Timestamp) {
    self.init(model: job.model.name, version: job.number, created: now.rfc3339())
    let settings = job.model.settings
    parent = job.model.current.number
    parentRecord = job.model.current.recordDigest
    batch = job.planned.batch
    let aside = Set(result.requests.filter { $0.setAside != nil }.map(\.key))
    requests = job.planned.requests.filter { !aside.contains($0.id.text) }
      .map { Request(id: $0.id.text, digest: $0.saltedDigest.description) }
    self.settings = RecordValue(
      [
        "unlearning": settings.unlearning.json, "target": settings.target.json, "policy": settings.policy.json,
        "data": .array(
          job.model.fingerprint.files.map { ["size": JSONValue($0.size), "sha256": JSONValue($0.sha256)] }),
      ])
    run = RecordValue(result.account)
    seed = settings.unlearning.seed
    hardness = result.hardness.map { RecordValue(Receipt.Hardness($0).json) }
    before = Self.figures(result, job) { Evidence($0, in: result, isHeld: false).before }
    after = Self.figures(result, job) { Evidence($0, in: result, isHeld: false).after }
    self.retainRows = RowRanges(rows: retainRows).ranges
    blas = BLAS(library: job.blas.library, coreType: job.blas.core, threads: job.workers)
  }

  /// The figures of each request that the version serves, by its id.
  private static func figures(
    _ result: RunResult, _ job: RunJob, _ of: (RequestResult) -> Receipt.Figures?
  ) -> RecordValue {
    .map(
      result.requests.compactMap { request in
        request.setAside == nil ? of(request).map { .init(request.key, RecordValue($0.json)) } : nil
      })
  }
}

extension RunResult {
  /// What the run did and took: the controller's decisions, and every step with what it was to cost and what it did.
  fileprivate var account: JSONValue {
    .present([
      "steps": JSONValue(steps), "gradient_rows": JSONValue(work.gradientRows),
      "evaluated_rows": JSONValue(work.evaluatedRows), "decisions": .array(decisions.map(\.json)),
      "trace": .array(trace.map(\.json)), "looks": returns.isEmpty ? nil : .array(returns.map(\.json)),
    ])
  }
}

extension StepTrace {
  fileprivate var json: JSONValue {
    .present([
      "step": JSONValue(step), "radius": .number(radius), "retain_rows": JSONValue(retainRows),
      "forget_rows": JSONValue(forgetRows), "quota": .number(quota), "predicted": .number(predicted),
      "actual": actual.map(JSONValue.number),
    ])
  }
}

extension SteeringReport {
  /// One decision of the controller, as it stands in a version's record.
  fileprivate var json: JSONValue {
    .present([
      "step": JSONValue(step), "why": .array(causes.map { .string($0.rawValue) }), "batch": JSONValue(batch),
      "open_rows": JSONValue(openRows), "radius_scale": .number(radiusScale), "quota_scale": .number(quotaScale),
      "quota_share": quotaShare.map(JSONValue.number), "predicted": predicted.map(JSONValue.number),
      "actual": actual.map(JSONValue.number),
    ])
  }
}

extension RecordValue {
  /// The same value in the other room's words.
  init(_ json: JSONValue) {
    self =
      switch json {
      case .null: .null
      case .bool(let flag): .bool(flag)
      case .integer(let number): .integer(Int(number))
      case .number(let number): .real(number)
      case .string(let text): .text(text)
      case .array(let elements): .list(elements.map { RecordValue($0) })
      case .object(let members): .map(members.map { Member($0.key, RecordValue($0.value)) })
      }
  }
}
