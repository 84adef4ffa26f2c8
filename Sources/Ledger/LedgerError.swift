package import Platform
package import Requests

/// Why the ledger did not do what it was asked; nothing of the transaction happened then.
package enum LedgerError: Error, Equatable, Sendable {
  // Opening.
  /// Written by a later hamud.
  case newerFormat(path: String, found: Int, supported: Int)
  /// Opened for reading only, and it has to be migrated first.
  case olderFormat(path: String, found: Int, supported: Int)
  /// No way leads from its format to this build's.
  case tooOld(path: String, found: Int, supported: Int)
  case missing(path: String)
  case notALedger(path: String)
  /// What is stored cannot be what this room wrote.
  case damaged(String)
  /// SQLite refused: its result code (extended) and its words, which never hold values.
  case storage(operation: String, code: Int32, message: String)
  case file(PlatformError)
  /// It was opened for reading only.
  case readOnly

  // Asking for what is not there.
  case unknownRequest(RequestID)
  case unknownBatch(Int)
  case unknownModel(String)

  // Asking for what may not be.
  case illegalTransition(RequestID, from: RequestState, to: RequestState)
  /// A person's command that does not fit the request's state: `cannot COMMAND ID: it is STATE`.
  case notPossible(command: String, RequestID, state: RequestState)
  /// The batch's state does not allow it.
  case batchNot(BatchState, batch: Int, found: BatchState)
  /// Requests that may not be in one batch: of several models, rows beside classes, or none at all.
  case unfitBatch(String)
  case modelPaused(String)
  /// It was served, and a rollback brought it back: it cannot be cancelled.
  case owed(RequestID)
  /// What the version remembers could not all be forgotten again.
  case cannotRollBack(String, to: Int, String)
  /// Another batch of the model is running.
  case modelBusy(String, batch: Int)
  /// The model, its rows or its version are not what the run began with: what it brings is void.
  case outdatedRun(batch: Int, String)
  /// What was handed in contradicts itself or the ledger.
  case inconsistent(String)
}

extension LedgerError {
  /// The disk failed in a commit: that it did not happen is certain while this process lives, and nearly so after a crash. So nothing
  /// may be removed that it would need.
  package var mayStandAfterACrash: Bool {
    guard case .storage(_, let code, _) = self else { return false }
    return [10, 13].contains(code & 0xff)
  }

  /// Worth waiting for, and worth refusing new work.
  package var isOutOfSpace: Bool {
    switch self {
    case .storage(_, let code, _): code & 0xff == 13
    case .file(let error): error.isOutOfSpace
    default: false
    }
  }
}
