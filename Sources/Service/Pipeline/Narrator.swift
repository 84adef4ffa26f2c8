import Datasets
import Ledger
import Networks
import Platform
import Requests
import Unlearning

/// What happened, told as events: the one place where the stages' values become the journal's.
package struct Narrator: Sendable {
  private let sink: any EventSink

  package init(_ sink: any EventSink) { self.sink = sink }

  package func post(_ event: Event) { sink.post(event) }

  func trouble(_ error: any Error) {
    switch error {
    case let error as LedgerError: post(.ledgerTrouble("\(error)"))
    default: post(.trouble("\(error)"))
    }
  }
}

// MARK: - Requests

extension Narrator {
  /// A change of state, from the ledger's own words.
  /// - Parameter retryAt: of a failure that is tried again.
  func changed(_ change: StateChange, _ record: RequestRecord, _ receipt: Receipt, retryAt: Timestamp?) {
    let request = Event.Request(record, change)
    let reason = change.reason ?? record.summary.reason ?? .error
    switch change.state {
    case .accepted where change.previous == nil:
      post(.requestAccepted(request, alreadyForgotten: record.alreadyForgotten))
    case .accepted:
      // The receipt is of now, and a later change's sentence is not this one's.
      let own = record.state == .accepted ? receipt.detail : nil
      post(.requestReaccepted(request, own ?? "it is looked at anew"))
    case .scheduled: post(.requestScheduled(request))
    case .unlearning: post(.requestUnlearning(request))
    case .forgotten:
      post(
        .requestForgotten(
          request, reason: reason, steps: receipt.steps, before: receipt.before.map(Event.Figures.init),
          after: receipt.after.map(Event.Figures.init)))
    case .held:
      post(
        .requestHeld(
          request, reason: reason, Self.why(reason, receipt), hardness: receipt.hardness.flatMap(Event.Hardness.init)))
    case .failed:
      let retry = retryAt?.rfc3339()
      post(.requestFailed(request, reason: reason, Self.cause(receipt.detail ?? "", retry: retry), retry: retry))
    case .cancelled: post(.requestCancelled(request))
    case .rejected: break
    }
  }

  /// A receipt's sentence, but where it repeats what stood in the manifest: that is its submitter's alone.
  private static func why(_ reason: Reason, _ receipt: Receipt) -> String {
    reason == .nothingSelected
      ? "selectors match nothing in the model's data; its receipt lists them" : receipt.detail ?? ""
  }

  /// Without the receipt's own sentence on the next try, which the entry says in its words.
  private static func cause(_ detail: String, retry: String?) -> String {
    let tail = retry.map { ". It is tried again at \($0)." } ?? ""
    return tail.isEmpty || !detail.hasSuffix(tail) ? detail : String(detail.dropLast(tail.count))
  }

  func deadline(_ summary: RequestSummary, at now: Timestamp) {
    guard let deadline = summary.deadline else { return }
    let request = Event.Request(id: summary.id.text, model: summary.model, rows: summary.rows, batch: summary.batch)
    if deadline.end <= now.secondsSinceEpoch {
      post(.deadlinePassed(request, state: summary.state, deadline: deadline.text))
    } else {
      post(.deadlineNear(request, state: summary.state, deadline: deadline.text))
    }
  }
}

extension Event.Request {
  /// As the request was at a change: a story that is told late must not mix then and now.
  fileprivate init(_ record: RequestRecord, _ change: StateChange) {
    self.init(
      id: record.id.text, model: record.model, digest: record.saltedDigest.description, rows: record.knownRows,
      batch: change.batch, version: change.version)
  }
}

extension RequestRecord {
  /// Nil while nobody could look them up.
  fileprivate var knownRows: Int? { summary.rows + alreadyForgotten > 0 ? summary.rows : nil }
}

extension Event.Figures {
  fileprivate init(_ figures: Receipt.Figures) {
    self.init()
    forgetLoss = figures.forgetLoss
    forgetAccuracy = figures.forgetAccuracy
    membershipAUC = figures.membershipAUC
    classAccuracy = figures.classAccuracy
    classHeldoutAccuracy = figures.classHeldoutAccuracy
    retainLoss = figures.retainLoss
    retainAccuracy = figures.retainAccuracy
    heldoutLoss = figures.heldoutLoss
    heldoutAccuracy = figures.heldoutAccuracy
  }

  init(_ measurement: Measurement) {
    let open = measurement.groups.indices.filter { !measurement.setAside.contains($0) }
    let worst = open.map { measurement.groups[$0] }.max {
      ($0.membershipAUC ?? $0.classAccuracy ?? 0) < ($1.membershipAUC ?? $1.classAccuracy ?? 0)
    }
    self.init(worst, retain: measurement.retain, heldout: measurement.heldout)
  }

  init(_ result: RunResult) {
    self.init(
      (result.groups.first(where: \.holds) ?? result.groups.first).map { $0.after ?? $0.before },
      retain: result.retainAfter, heldout: result.heldoutAfter)
  }

  private init(_ group: GroupFigures?, retain: SplitFigures?, heldout: SplitFigures?) {
    self.init()
    forgetLoss = group?.forgetLoss
    forgetAccuracy = group?.forgetAccuracy
    membershipAUC = group?.membershipAUC
    classAccuracy = group?.classAccuracy
    classHeldoutAccuracy = group?.classHeldoutAccuracy
    retainLoss = retain?.loss
    retainAccuracy = retain?.accuracy
    heldoutLoss = heldout?.loss
    heldoutAccuracy = heldout?.accuracy
  }
}

extension Event.Hardness {
  /// Nil where a figure is missing.
  fileprivate init?(_ hardness: Receipt.Hardness) {
    guard let kappa = hardness.kappa, let first = hardness.kappa1, let second = hardness.kappa2,
      let quota = hardness.quota, let least = hardness.leastCost, let leastError = hardness.leastCostError,
      let cost = hardness.retainCost, let costError = hardness.retainCostError,
      let free = hardness.freeImprovement
    else { return nil }
    self.init(
      kappa: (kappa, first, second), quota: quota, leastCost: (least, leastError), retainCost: (cost, costError),
      freeImprovement: free)
  }
}
