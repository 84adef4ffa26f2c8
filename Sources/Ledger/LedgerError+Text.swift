import Platform
import Requests

extension LedgerError: CustomStringConvertible {
  /// What, where, and how to mend it; fit for the journal.
  package var description: String {
    switch self {
    case .newerFormat, .olderFormat, .tooOld, .missing, .notALedger: openingText
    case .damaged(let problem):
      "the ledger is damaged: \(problem); stop hamud and bring back a copy of ledger.sqlite"
    case .storage(let operation, let code, let message):
      isOutOfSpace
        ? "cannot \(operation): no space is left for the ledger; free some"
        : "cannot \(operation): SQLite says \"\(message)\" (\(code)); nothing was changed"
    case .file(let error): "\(error)"
    case .readOnly: "the ledger was opened for reading only; ask the running hamud"
    case .unknownRequest(let id): "no request has the id \(id); `hamuctl list` shows those that there are"
    case .unknownBatch(let number): "there is no batch \(number)"
    case .unknownModel(let name): "the ledger knows no model \(name); `hamuctl versions` shows those that there are"
    default: refusalText
    }
  }

  private var openingText: String {
    switch self {
    case .newerFormat(let path, let found, let supported):
      """
      \(path) has format \(found) and this hamud knows formats up to \(supported); install the hamud that wrote it, or \
      bring back \(path).before-\(found)
      """
    case .olderFormat(let path, let found, let supported):
      "\(path) has format \(found), and this hamuctl reads format \(supported); start hamud once, which migrates it"
    case .tooOld(let path, let found, let supported):
      """
      \(path) has format \(found), from which nothing leads to format \(supported); install a hamud in between first
      """
    case .missing(let path): "there is no ledger at \(path); it is made when hamud starts for the first time"
    case .notALedger(let path): "\(path) is no ledger of hamud; move it away"
    default: ""
    }
  }

  private var refusalText: String {
    switch self {
    case .illegalTransition(let id, let from, let to):
      "request \(id) is \(from.rawValue) and cannot become \(to.rawValue)"
    case .notPossible(let command, let id, let state):
      "cannot \(command) request \(id): it is \(state.rawValue); `hamuctl show \(id)` says more"
    case .batchNot(let expected, let batch, let found):
      "batch \(batch) is \(found.rawValue), not \(expected.rawValue)"
    case .unfitBatch(let problem): "these requests cannot be one batch: \(problem)"
    case .modelPaused(let name):
      "model \(name) is paused; `hamuctl unpause \(name)` or what its pause asks for comes first"
    case .owed(let id):
      """
      request \(id) cannot be cancelled: a rollback or an import brought back rows that it had forgotten, or an import was made without \
      some of its rows, and other requests may rest on it. `hamuctl resume \(id)` or `hamuctl retry \(id)` goes on where it is held
      """
    case .cannotRollBack(let name, let version, let problem):
      "model \(name) cannot go back to version \(version): \(problem); `hamuctl versions \(name)` shows what there is"
    case .modelBusy(let name, let batch): "batch \(batch) of model \(name) is running; one runs at a time"
    case .outdatedRun(let batch, let problem): "the result of batch \(batch) is void: \(problem); it has to start over"
    case .inconsistent(let problem): "the ledger was asked for what cannot be: \(problem); nothing was changed"
    default: ""
    }
  }
}
