package import Platform
package import Requests

// A request's life: every change of its state, and what came in that is no request.
extension Event {
  package static func requestAccepted(_ request: Request, alreadyForgotten: Int) -> Event {
    let before = alreadyForgotten == 0 ? "" : ", \(alreadyForgotten) more were forgotten before"
    let rows = request.rows.map { NumberText.count($0, "row") } ?? "rows that are looked up later"
    return Event(
      .requestAccepted, "Request \(request.id) accepted: \(rows) of \(request.model)\(before)",
      request.fields(state: "accepted"))
  }

  package static func requestKnown(_ request: Request, state: RequestState) -> Event {
    Event(
      .requestKnown, "Request \(request.id) was handed in again with the same content; it is \(state.rawValue)",
      request.fields(state: state.rawValue))
  }

  /// - Parameter digest: of the file's bytes, or of its name where nothing was read.
  package static func requestRefused(_ digest: SHA256Digest, _ refusal: Refusal) -> Event {
    var fields = EventFields()
    fields.add(.state, RequestState.rejected.rawValue)
    fields.add(.reason, refusal.reason.rawValue)
    fields.add(.digest, digest.description)
    let problems = refusal.redacted.split(separator: "\n").joined(separator: "\n  ")
    return Event(
      .requestRefused, "Manifest \(digest.hex.prefix(12)) refused (\(refusal.reason.rawValue)): \(problems)", fields)
  }

  /// - Parameter name: the digest of the file's name.
  package static func fileLeft(_ name: SHA256Digest, owner: UInt32) -> Event {
    var fields = EventFields()
    fields.add(.digest, name.description)
    return Event(
      .fileLeft,
      "A file of user \(owner) in the spool cannot be read and was left there (digest of its name"
        + " \(name.hex.prefix(12))); its owner hands it in with: hamuctl submit FILE", fields)
  }

  /// - Parameter name: the digest of the file's name. That of its content would confirm a guess of whom it names.
  package static func fileDeferred(_ name: SHA256Digest, _ detail: String) -> Event {
    var fields = EventFields()
    fields.add(.digest, name.description)
    return Event(
      .fileDeferred, "A manifest stays in the spool (digest of its file's name \(name.hex.prefix(12))): \(detail)",
      fields)
  }

  package static func requestScheduled(_ request: Request) -> Event {
    Event(
      .requestScheduled, "Request \(request.id) is in batch \(request.batch ?? 0) of \(request.model)",
      request.fields(state: "scheduled"))
  }

  package static func requestUnlearning(_ request: Request) -> Event {
    Event(
      .requestUnlearning, "Request \(request.id) is being unlearned in batch \(request.batch ?? 0) of \(request.model)",
      request.fields(state: "unlearning"))
  }

  /// - Parameters:
  ///   - reason: target, already_forgotten or nothing_to_forget.
  ///   - after: what was measured on the published version, where something was.
  package static func requestForgotten(
    _ request: Request, reason: Reason, steps: Int? = nil, before: Figures? = nil, after: Figures? = nil
  ) -> Event {
    var text = "Request \(request.id) forgotten in version \(request.version ?? 0) of \(request.model)"
    switch reason {
    case .alreadyForgotten: text += ": all its rows were forgotten before"
    case .nothingToForget: text += ": nothing told its rows from rows that were never trained on"
    default: text += ": \(NumberText.count(request.rows ?? 0, "row"))"
    }
    if let steps { text += ", \(NumberText.count(steps, "step"))" }
    if let before { text += "; before: \(before.sentence)" }
    if let after { text += "; after: \(after.sentence)" }
    return Event(
      .requestForgotten, text,
      request.fields(state: "forgotten", reason: reason.rawValue) { after?.add(to: &$0) })
  }

  /// - Parameter detail: what happened, what it would cost to go on, and with which command.
  package static func requestHeld(
    _ request: Request, reason: Reason, _ detail: String, hardness: Hardness? = nil
  ) -> Event {
    Event(
      .requestHeld, "Request \(request.id) held (\(reason.rawValue)): \(detail)",
      request.fields(state: "held", reason: reason.rawValue) { hardness?.add(to: &$0) })
  }

  /// - Parameter retry: when it is tried again, RFC 3339; nil when it is not.
  package static func requestFailed(_ request: Request, reason: Reason, _ detail: String, retry: String?) -> Event {
    let next = retry.map { "will be tried again at \($0)" } ?? "hamuctl retry \(request.id) tries again"
    return Event(
      .requestFailed, "Request \(request.id) failed (\(reason.rawValue)): \(detail); \(next)",
      request.fields(state: "failed", reason: reason.rawValue))
  }

  package static func requestCancelled(_ request: Request) -> Event {
    Event(
      .requestCancelled, "Request \(request.id) cancelled; its rows stay in \(request.model)",
      request.fields(state: "cancelled", reason: Reason.cancelled.rawValue))
  }

  package static func requestReaccepted(_ request: Request, _ detail: String) -> Event {
    Event(
      .requestReaccepted, "Request \(request.id) accepted again: \(detail)", request.fields(state: "accepted"))
  }

  package static func requestResumed(_ request: Request, acceptRetainCost: Double?, by uid: UInt32) -> Event {
    let cost = acceptRetainCost.map { ", accepting a retain cost of \(NumberText.figure($0))" } ?? ""
    return Event(
      .requestResumed, "Request \(request.id) goes on by order of user \(uid)\(cost)",
      request.fields(state: "scheduled"))
  }

  package static func requestRetried(_ request: Request, by uid: UInt32) -> Event {
    Event(
      .requestRetried, "Request \(request.id) starts over by order of user \(uid)",
      request.fields(state: "scheduled"))
  }

  /// - Parameter deadline: as the manifest gives it.
  package static func deadlineNear(_ request: Request, state: RequestState, deadline: String) -> Event {
    Event(
      .deadlineNear, "Request \(request.id) is \(state.rawValue) and its deadline comes near: \(deadline)",
      request.fields(state: state.rawValue))
  }

  package static func deadlinePassed(_ request: Request, state: RequestState, deadline: String) -> Event {
    Event(
      .deadlinePassed, "Request \(request.id) is \(state.rawValue) and its deadline has passed: \(deadline)",
      request.fields(state: state.rawValue))
  }
}
