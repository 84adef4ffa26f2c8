import GRDB
import GRDBSQLite
import Synchronization

// What is deleted is overwritten in the ledger's file (`secure_delete`), and what it was stays in the -wal file until that is emptied.

extension Ledger {
  /// Empties the -wal file where something was deleted since it was last empty, or where nobody knows. To be called until nothing is
  /// owed: a disk that fails throws, a reader that still looks at an older state keeps what it needs of the file; the next call gets
  /// either.
  package func overwriteDropped() throws(LedgerError) {
    guard let writer = store.writer else { throw .readOnly }
    // Before, so that what is deleted meanwhile is owed again.
    guard owesOverwriting.exchange(false, ordering: .relaxed) else { return }
    do {
      try writer.writeWithoutTransaction { database in
        // Nobody waits long behind a reader for what the next call does as well.
        sqlite3_busy_timeout(database.sqliteConnection, 100)
        defer { sqlite3_busy_timeout(database.sqliteConnection, CInt(Store.busyTimeout * 1000)) }
        _ = try database.checkpoint(.truncate)
      }
    } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY {
      owesOverwriting.store(true, ordering: .relaxed)
    } catch {
      owesOverwriting.store(true, ordering: .relaxed)
      throw LedgerError("overwrite what was deleted", error)
    }
  }

  /// The same for what a committed change deleted: that must not be taken for failed, so a failure is the next caller's to hear.
  func dropped() {
    owesOverwriting.store(true, ordering: .relaxed)
    try? overwriteDropped()
  }
}
