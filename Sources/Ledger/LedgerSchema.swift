/// The file's format: its number, and how an older one becomes it.
package struct LedgerSchema: Sendable {
  /// `PRAGMA user_version` of the file.
  package let format: Int
  /// From each older format to the next, by the older one's number.
  package let migrations: [Int: String]

  package init(format: Int, migrations: [Int: String]) {
    self.format = format
    self.migrations = migrations
  }

  /// What this build reads and writes.
  package static let current = LedgerSchema(format: 4, migrations: SchemaSQL.migrations)
}
