import GRDB
package import Platform

extension Ledger {
  /// A copy of one state of the ledger, by SQLite's own means, whatever is written meanwhile; in one file, without a log.
  /// It says of itself that it is a copy, so that whoever starts from it is told what that means.
  ///
  /// - Parameter path: of a file that is not there yet.
  /// - Returns: where the copy's audit chain ends.
  @discardableResult
  package func copy(to path: String, at now: Timestamp) throws(LedgerError) -> ChainEnd {
    do {
      try DurableFile.publish([], to: path, attributes: FileAttributes(mode: 0o640), replacing: false)
      var configuration = Configuration()
      configuration.publicStatementArguments = false
      let target = try DatabaseQueue(path: path, configuration: configuration)
      try backup(to: target)
      let end = try target.writeWithoutTransaction { database in
        _ = try String.fetchOne(database, sql: "PRAGMA journal_mode = DELETE")
        try database.execute(sql: "PRAGMA synchronous = FULL")
        try database.execute(
          sql: "INSERT INTO meta VALUES ('copied_at', ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
          arguments: [now.stored])
        let end = try Session(database: database).chainEnd()
        return ChainEnd(entries: end.count, head: end.head)
      }
      try target.close()
      try DurableDirectory.sync(Paths.parent(of: path))
      return end
    } catch {
      throw LedgerError("copy the ledger", error)
    }
  }
}
