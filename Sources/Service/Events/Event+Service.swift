import Platform
import Requests

// The service itself: its start, its end, its configuration, its disk.
extension Event {
  /// - Parameter blas: the library's own description of itself, and the kernels it chose.
  package static func started(release: String, root: String, threads: Int, blas: String) -> Event {
    Event(.started, "hamud \(release) begins below \(root); \(NumberText.count(threads, "thread")); \(blas)")
  }

  package static func ready(models: Int, paused: Int, waiting: Int) -> Event {
    let pausedText = paused == 0 ? "none paused" : "\(paused) paused"
    return Event(
      .ready,
      "Ready: \(NumberText.count(models, "model")), \(pausedText); \(NumberText.count(waiting, "request")) waiting")
  }

  /// - Parameters:
  ///   - detail: `file:line:column: problem; mend`, one a line.
  ///   - stillServing: true at a reload: the configuration before it stays in force.
  package static func configurationRejected(_ detail: String, stillServing: Bool) -> Event {
    let end = stillServing ? "the configuration in force stays" : "hamud does not start"
    return Event(.configurationRejected, "Configuration refused, \(end):\n\(detail)")
  }

  package static func reloaded(models: Int, paused: Int) -> Event {
    Event(.reloaded, "New configuration in force: \(NumberText.count(models, "model")), \(paused) paused")
  }

  package static func startRefused(_ detail: String, exitCode: Int32) -> Event {
    Event(.startRefused, "hamud cannot start (exit code \(exitCode)): \(detail)")
  }

  /// - Parameter detail: which product was wrong, by how much, and which OPENBLAS_CORETYPE to set.
  package static func blasCheckFailed(library: String, core: String, detail: String) -> Event {
    Event(
      .blasCheckFailed,
      "OpenBLAS computes wrong results on this processor, so nothing is done: \(detail) (\(library), kernels \(core))")
  }

  package static func recovered(runs: Int, receipts: Int) -> Event {
    Event(
      .recovered,
      "The last process did not end in order: \(NumberText.count(runs, "run")) to go on with,"
        + " \(NumberText.count(receipts, "receipt")) to write")
  }

  package static func ledgerMigrated(from old: Int, to new: Int, copy: String) -> Event {
    Event(.ledgerMigrated, "Ledger brought from format \(old) to \(new); the old one was kept as \(copy)")
  }

  /// - Parameters:
  ///   - key: `VerifyingKey.id`.
  ///   - old: of the key that signed before; nil at the first start.
  package static func signingKey(_ key: String, after old: String?) -> Event {
    guard let old else {
      return Event(
        .signingKey,
        "Receipts and versions are signed with the key \(key) from now on; hamuctl key prints its public half")
    }
    return Event(
      .signingKey,
      "Receipts and versions are signed with another key from now on, \(key) after \(old); what that one signed stays valid"
        + " against its public half: hand out hamuctl key anew"
    ).at(.warning)
  }

  /// - Parameters:
  ///   - why: what shows it.
  ///   - missing: of how many requests the spool knows more than the ledger; nil where that cannot be said now.
  package static func restoredBackup(_ why: String, missing: Int?) -> Event {
    let requests = missing.map { NumberText.count($0, "request") } ?? "requests"
    return Event(
      .restoredBackup,
      "The ledger is not what it was: \(why). Nothing is unlearned or published, and current stays where it is, until:"
        + " hamuctl recover (\(requests) of which the spool knows more than the ledger)")
  }

  package static func restoreSettled(replayed: [String], signedOff: [String], by uid: UInt32) -> Event {
    var fields = EventFields()
    fields.add(requests: replayed + signedOff)
    return Event(
      .restoreSettled,
      "User \(uid) settled what the restored ledger lacked: \(NumberText.count(replayed.count, "request")) to be served"
        + " again before anything else is served, \(signedOff.count) signed off", fields)
  }

  package static func ledgerTrouble(_ detail: String) -> Event {
    Event(.ledgerTrouble, "Ledger: \(detail); will be tried again at the next look")
  }

  /// Anything else that did not work and is tried again.
  package static func trouble(_ detail: String) -> Event {
    Event(.trouble, "\(detail); will be tried again at the next look")
  }

  package static func endedByFault(_ detail: String, exitCode: Int32) -> Event {
    Event(.trouble, "hamud ends (exit code \(exitCode)): \(detail); systemd starts it again")
  }

  package static func lowDisk(path: String, free: Int, share: Double, limit: Double) -> Event {
    Event(
      .lowDisk,
      "Only \(NumberText.bytes(free)) (\(NumberText.percent(share))) free at \(path), below low_disk:"
        + " \(NumberText.percent(limit)): no run starts")
  }

  package static func diskRecovered(path: String, free: Int, share: Double) -> Event {
    Event(
      .diskRecovered,
      "\(NumberText.bytes(free)) (\(NumberText.percent(share))) free at \(path) again: runs start")
  }

  /// - Parameter run: what is running; nil when the daemon itself does not answer.
  package static func workSilent(seconds: Int, run: Run?) -> Event {
    Event(
      .workSilent,
      "No sign of life for \(seconds) s from \(run.map { "the run (\($0.name))" } ?? "the daemon's own loop"):"
        + " the watchdog is no longer fed and will restart the service",
      run?.fields() ?? EventFields())
  }

  package static func receiptNotWritten(_ request: Request, _ detail: String) -> Event {
    var fields = EventFields.of(model: request.model)
    fields.add(.request, request.id)
    return Event(
      .receiptNotWritten, "Receipt of request \(request.id) not written: \(detail); will be tried again", fields)
  }

  package static func receiptsUnreadable(_ detail: String) -> Event {
    Event(.receiptsUnreadable, "Submitters cannot read their receipts there, ignored: \(detail)")
  }

  /// - Parameter command: the command's word, as hamuctl knows it.
  package static func commandRefused(_ command: String, uid: UInt32) -> Event {
    Event(.commandRefused, "Command \(command) refused to user \(uid), who may not give it")
  }

  package static func stopping() -> Event { Event(.stopping, "Stopping") }

  package static func stopped(waiting: Int) -> Event {
    Event(.stopped, "Stopped; \(NumberText.count(waiting, "request")) waiting")
  }
}
