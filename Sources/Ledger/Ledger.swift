// Ledger: the one source of truth.
//
// Owns every line of SQL and the file `ledger.sqlite`: requests and their states, batches, versions, tombstones,
// models, quotas, what is still to be told (changes of state, receipts), and the audit chain. It decides which changes
// of state are legal; it decides nothing that has to be measured, reads no data and no model, and writes no other file
// (but the copy it makes before a migration).
//
// Every change is one transaction: legality, rows, an entry in the audit chain, and a mark that the receipt is due. When
// a call returns it is on the disk (WAL, synchronous=FULL); when it throws, nothing of it happened. What a crash left
// unsaid is in `dueReceipts`, what it left undone in `interruptedRuns`. Times are handed in: nothing here reads a clock.
//
// A rollback makes an earlier version the one that runs start from (`current_version`), while the one that was served goes on
// being served (`served_version`) until every request that the rollback brought back (`owed`) has ended again.
//
// Refuses: a ledger of a newer format; an older one in reading; transitions that `RequestState` does not allow; a run's
// result when the model, its rows or its version are no longer those it began with; a version whose tombstones do not
// cover exactly the rows that were to be forgotten.
//
// Fails with `LedgerError` and nothing else. A refusal of a submission is an answer (`AcceptOutcome`), not an error.
//
// Privacy: the manifest's bytes are the only place where subjects' names and ids stand; `expireManifests` overwrites
// them (secure_delete). Tombstones hold salted digests. Neither errors nor the audit chain hold a word of a manifest.
//
// Known weaknesses: who may write the file can make a new chain from any point on (entries are not signed; receipts and
// versions' records are), so the chain shows accidents and clumsy hands, and a forger only against a copy of the head kept
// elsewhere, or against a signed receipt. A row that two requests
// named and that was reopened and forgotten again counts as remembered by every version before the last (one too many
// is purged rather than one too few).

import GRDB
import Platform
import Synchronization

/// The ledger's file, open. Safe from several threads at once: one writes, others read what was committed last.
///
/// Calls block for as long as the disk takes.
package final class Ledger: Sendable {
  /// Requests that may wait at once (accepted, scheduled, unlearning, held, failed).
  package static let waitingRequests = 100_000
  /// Pauses before a failed batch is tried again; after the last one it is held.
  package static let retryDelays = LongWait.of(
    [Duration.seconds(60), .seconds(300), .seconds(1800)],
    hurried: [.milliseconds(50), .milliseconds(100), .milliseconds(200)])
  /// Problems that `verifyAudit` lists.
  package static let auditProblemsListed = 100

  let waitingLimit: Int
  let store: Store
  /// What was overwritten may still be in the -wal file. So it may be after a start: a crash left it there.
  let owesOverwriting = Atomic(true)
  /// The format from which the ledger was brought to this build's when it was opened; nil where it had it already.
  package var migratedFrom: Int? { store.migratedFrom }

  /// Opens the ledger, makes it where there is none, and migrates an older one after copying it to
  /// `PATH.before-FORMAT`. Only one process may do this at a time: the daemon, which holds its lock.
  package init(path: String, schema: LedgerSchema = .current, waitingLimit: Int = Ledger.waitingRequests)
    throws(LedgerError)
  {
    self.waitingLimit = waitingLimit
    store = try Ledger.opening(path) { try Store(path: path, schema: schema) }
  }

  /// Opens it for reading only, whether or not a daemon has it open; for hamuctl.
  package init(readOnly path: String, schema: LedgerSchema = .current) throws(LedgerError) {
    waitingLimit = Ledger.waitingRequests
    store = try Ledger.opening(path) { try Store(readOnly: path, schema: schema) }
  }

  /// Waits for calls in progress and closes the file; the -wal and -shm files stay for readers.
  package func close() throws(LedgerError) {
    do { try store.reader.close() } catch { throw LedgerError("close", error) }
  }

  private static func opening(_ path: String, _ body: () throws -> Store) throws(LedgerError) -> Store {
    do {
      return try body()
    } catch let error as DatabaseError where error.resultCode == .SQLITE_NOTADB {
      throw .notALedger(path: path)
    } catch {
      throw LedgerError("open", error)
    }
  }
}

extension Ledger {
  /// One transaction: all of it is on the disk when this returns, nothing of it happened when it throws.
  func write<Value>(_ operation: String, _ body: (Session) throws -> Value) throws(LedgerError) -> Value {
    guard let writer = store.writer else { throw .readOnly }
    do {
      return try writer.write { database in try body(Session(database: database)) }
    } catch {
      settle(writer, after: error)
      throw LedgerError(operation, error)
    }
  }

  /// A commit whose sync failed may still stand whole in the log. After a crash it would count, although its caller was told
  /// that nothing happened, and may have removed files by then. Another commit takes its place there: one that changes something,
  /// as SQLite writes nothing for a row that is set to what it is.
  private func settle(_ writer: any DatabaseWriter, after error: any Error) {
    let codes: [ResultCode] = [.SQLITE_IOERR, .SQLITE_FULL]
    guard let error = error as? DatabaseError, codes.contains(error.resultCode) else { return }
    let sql = "INSERT INTO meta VALUES ('failed_commits', 1) ON CONFLICT (key) DO UPDATE SET value = value + 1"
    // Ignored: where the disk fails this one too, the next that succeeds does it.
    try? writer.write { try $0.execute(sql: sql) }
  }

  /// One view of what was committed last.
  func read<Value>(_ body: (Session) throws -> Value) throws(LedgerError) -> Value {
    do {
      return try store.reader.read { database in try body(Session(database: database)) }
    } catch {
      throw LedgerError("read", error)
    }
  }

  /// Copies all of what was committed last, page by page.
  func backup(to target: DatabaseQueue) throws { try store.reader.backup(to: target) }
}
