import Checkpoints
import HAMU
import Ledger
import Requests
import Unlearning

// A run's story.
extension Narrator {
  func began(_ job: RunJob, retainRows: Int) {
    post(
      .runBegan(
        job.told, version: job.model.current.number, rows: (job.forgetRows.count, retainRows),
        stepsAtMost: job.model.settings.unlearning.maxSteps))
  }

  /// Steps are told in the figures of `status`, not one by one here; every tenth is, at the priority of debugging.
  func told(_ event: RunEvent, _ job: RunJob) {
    let run = job.told
    switch event {
    case .began(let measurement, _), .measured(let measurement):
      post(.measured(run, step: measurement.step, figures: Event.Figures(measurement)))
    // The decisions stand in the version's record.
    case .nothingToForget, .steered: break
    case .nearDuplicates(let found):
      if let event = Event.nearDuplicates(run, Event.Duplicates(found)) { post(event) }
    case .phaseBegan(let phase):
      post(.phaseBegan(run, phase.sentence(job), rows: phase.rows, step: phase.step))
    case .stepped(let report):
      guard report.step % 10 == 0 else { return }
      var figures = Event.Figures()
      figures.forgetLoss = report.forgetLoss
      figures.retainLoss = report.retainLoss
      post(
        .stepTaken(
          run, step: report.step, of: report.stepsAtMost, figures: figures,
          hardness: report.hardness.map(Event.Hardness.init)))
    case .hardnessBegan(let report, let step):
      let plan = job.policy
      post(
        .hardnessBegan(
          run, step: step, Event.Hardness(report.hardness), spent: (report.retainSpent, plan.budget),
          stops: plan.stops))
    case .hardnessEnded(let report, let step):
      post(.hardnessEnded(run, step: step, Event.Hardness(report.hardness), spent: report.retainSpent))
    case .setAside(let key, let report, let step):
      post(.requestSetAside(run, request: key, step: step, Event.Hardness(report.hardness)))
    case .overshot(let attempt): post(.overshot(run, attempt: attempt, of: RunLimits.overshootTries))
    case .notFinite(let attempt): post(.notFinite(run, attempt: attempt, of: RunLimits.notFiniteTries))
    }
  }

  func published(_ version: VersionStore.Version, _ result: RunResult, _ job: RunJob, isServed: Bool) {
    post(
      .versionPublished(
        job.told, version: (version.number, version.recordDigest), isServed: isServed, steps: result.steps,
        after: Event.Figures(result)))
  }
}

extension RunJob {
  /// As the journal names the run.
  var told: Event.Run { Event.Run(model: model.name, batch: planned.batch, requests: planned.requests.map(\.id.text)) }
}

extension PhaseReport {
  func sentence(_ job: RunJob) -> String {
    let how =
      switch objective {
      case .margin: "margins lowered"
      case .crossEntropy: "cross-entropy raised"
      case .npo: "negative preference"
      case .divergence: "divergence from the model before raised"
      }
    return switch purpose {
    case .requests: "what was asked for, \(how)"
    case .mendClass(let label): "class \(job.name(of: label)), erased earlier, came back; \(how)"
    case .mendRows: "rows that were forgotten earlier came back; \(how)"
    }
  }
}

extension RunJob {
  /// A class by its name and number.
  func name(of label: Int) -> String {
    model.labels.names.indices.contains(label) ? "\(model.labels.names[label]) (\(label))" : "\(label)"
  }
}

extension Event.Duplicates {
  init(_ found: NearDuplicates) {
    self.init(
      pairs: found.pairs.map { .init(request: $0.key, row: $0.row, stays: $0.retainRow, isMirrored: $0.isMirrored) },
      rows: found.rows, rowsSeen: found.rowsSeen)
  }
}

extension Event.Hardness {
  init(_ hardness: Hardness) {
    self.init(
      kappa: (hardness.kappa, hardness.kappa1, hardness.kappa2), quota: hardness.quota,
      leastCost: (hardness.leastCost, hardness.leastCostError),
      retainCost: (hardness.retainCost, hardness.retainCostError), freeImprovement: hardness.freeImprovement)
  }
}
