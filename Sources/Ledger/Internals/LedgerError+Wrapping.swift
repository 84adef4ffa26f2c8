import GRDB
import Platform

extension LedgerError {
  /// Whatever came out of a transaction, as this room's error. SQLite's words name tables and columns, never values.
  init(_ operation: String, _ error: any Error) {
    switch error {
    case let error as LedgerError: self = error
    case let error as PlatformError: self = .file(error)
    case let error as DatabaseError where error.resultCode == .SQLITE_NOTADB || error.resultCode == .SQLITE_CORRUPT:
      self = .damaged(error.message ?? "SQLite cannot read it")
    case let error as DatabaseError:
      self = .storage(
        operation: operation, code: error.extendedResultCode.rawValue, message: error.message ?? "SQLite gave no reason"
      )
    default: self = .storage(operation: operation, code: 1, message: "an error of an unknown kind")
    }
  }
}
