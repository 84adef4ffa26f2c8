import Checkpoints
import Datasets
package import Ledger
import Networks
import Platform
package import Requests

/// `hamuctl check`: configuration, models, data and permissions, each finding with its mend. Changes nothing.
package struct Checker: Sendable {
  package let places: Places
  /// What the ledger knows of the models; empty where there is no ledger yet.
  private let records: [ModelRecord]

  package init(places: Places, records: [ModelRecord]) {
    self.places = places
    self.records = records
  }

  /// One thing that is wrong or will disappoint.
  struct Finding {
    let severity: DatasetFinding.Severity
    let place: String
    let problem: String
    let mend: String

    var json: JSONValue {
      [
        "severity": JSONValue(severity.rawValue), "where": JSONValue(place), "problem": JSONValue(problem),
        "mend": JSONValue(mend),
      ]
    }
  }

  /// - Parameter who: `daemon` or `itself`, for the reader to know whose rights were tried.
  package func check(by who: String) -> JSONValue {
    var findings: [Finding] = []
    var models = 0
    do {
      let configuration = try ConfigurationLoader.load(places)
      models = configuration.models.count
      for broken in configuration.brokenModels { findings += Self.findings(broken.fault) }
      for settings in configuration.models { findings += check(settings) }
      for name in configuration.modelNames { findings += pauses(of: name) }
      if configuration.modelNames.isEmpty {
        findings.append(
          Finding(
            severity: .warning, place: places.modelSettings, problem: "no model is configured",
            mend: "write NAME.yaml there; the README shows one"))
      }
    } catch {
      findings += Self.findings(error)
    }
    findings += blas() + directories()
    let errors = findings.filter { $0.severity == .error }.count
    return [
      "looked": JSONValue(who), "findings": .array(findings.map(\.json)),
      "message": JSONValue(
        findings.isEmpty
          ? "nothing is wrong: \(NumberText.count(models, "model"))"
          : "\(NumberText.count(errors, "error")), \(NumberText.count(findings.count - errors, "warning"))"),
    ]
  }

  private static func findings(_ error: ConfigurationError) -> [Finding] {
    error.problems.map {
      Finding(
        severity: .error, place: error.file + ($0.position.map { ":\($0)" } ?? ""), problem: $0.problem.full,
        mend: $0.mend.full)
    }
  }

  private func check(_ settings: ModelSettings) -> [Finding] {
    func finding(_ severity: DatasetFinding.Severity, _ problem: String, _ mend: String) -> Finding {
      Finding(severity: severity, place: "model \(settings.name)", problem: problem, mend: mend)
    }
    do {
      guard let model = try source(of: settings) else {
        return [
          finding(
            .error, "there is no model in \(settings.model) yet",
            "hamuctl train \(settings.name) makes one from the data; or put a Hugging Face directory there")
        ]
      }
      let dataset = try Dataset.open(
        DatasetDescription(settings.data),
        for: Preparation(record: model.data, labels: model.configuration.labels))
      let findings = try dataset.findings(for: model.configuration.fit)
      if dataset.misfit(model.configuration.fit) == nil { try model.checkNetwork(for: dataset) }
      return findings.map { finding($0.severity, $0.problem, $0.mend) }
    } catch let trouble as ModelTrouble {
      return [finding(.error, trouble.sentence, "mend it and run hamuctl check again")]
    } catch {
      return [finding(.error, "\(error)", "mend it and run hamuctl check again")]
    }
  }

  /// What a run would start from: the current version, or the configured directory before there is any. Nil where neither is
  /// there.
  private func source(of settings: ModelSettings) throws -> ModelDirectory? {
    if let number = records.first(where: { $0.name == settings.name })?.currentVersion {
      return try VersionStore(directory: places.model(settings.name), model: settings.name).open(number).open()
    }
    guard try FileStatus.ifPresent(Paths.join(settings.model, ModelDirectory.configurationName)) != nil else {
      return nil
    }
    return try ModelDirectory.open(settings.model)
  }

  /// What is paused is seldom wrong, and yet its requests wait.
  private func pauses(of name: String) -> [Finding] {
    let pauses = records.first { $0.name == name }?.pauses ?? []
    // Why it is unusable was found above.
    return pauses.filter { $0.reason != .unusable }.map {
      Finding(
        severity: .warning, place: "model \(name)",
        problem: "it is paused (\($0.reason.rawValue)) since \($0.since.rfc3339()), its requests wait: \($0.detail)",
        mend: Self.mend($0.reason, name))
    }
  }

  private static func mend(_ reason: PauseReason, _ name: String) -> String {
    switch reason {
    case .person: "hamuctl unpause \(name)"
    case .dataChanged: "hamuctl rematch \(name), hamuctl import \(name) DIR, or put the old files back"
    case .restored: "hamuctl recover"
    case .damageBudget: "hamuctl import \(name) DIR, retrained without the forgotten rows, or a larger damage_budget"
    case .damaged: "hamuctl verify says what is damaged; put it back from a backup, or hamuctl rollback \(name)"
    case .unusable: "mend what is named above"
    }
  }

  private func blas() -> [Finding] {
    let report = BLASCheck.run()
    guard !report.ok else { return [] }
    return [
      Finding(
        severity: .error, place: "OpenBLAS", problem: report.detail,
        mend: "set OPENBLAS_CORETYPE in the unit (systemctl edit hamud)")
    ]
  }

  /// Places that must be writable by whoever looks. A daemon that was never started has none of them yet.
  private func directories() -> [Finding] {
    [places.incoming, places.receipts, places.accepted, places.rejected, places.state].compactMap { path in
      guard (try? FileStatus.ifPresent(path)) != nil, !Permissions.mayWrite(path) else { return nil }
      return Finding(
        severity: .error, place: path, problem: "it cannot be written to",
        mend: "systemd-tmpfiles --create hamud.conf puts owners and modes right")
    }
  }
}
