import GRDB

/// One transaction's view of the tables: statements are prepared once a connection and kept.
///
/// Only valid inside the closure that it was handed to (GRDB's connections belong to one queue).
struct Session {
  let database: Database

  func run(_ sql: String, _ arguments: [(any DatabaseValueConvertible)?] = []) throws {
    try database.cachedStatement(sql: sql).execute(arguments: StatementArguments(arguments))
  }

  func all<Value>(
    _ sql: String, _ arguments: [(any DatabaseValueConvertible)?] = [], read: (Row) throws -> Value
  ) throws -> [Value] {
    let statement = try database.cachedStatement(sql: sql)
    var values: [Value] = []
    let rows = try Row.fetchCursor(statement, arguments: StatementArguments(arguments))
    while let row = try rows.next() { values.append(try read(row)) }
    return values
  }

  func first<Value>(
    _ sql: String, _ arguments: [(any DatabaseValueConvertible)?] = [], read: (Row) throws -> Value
  ) throws -> Value? {
    let statement = try database.cachedStatement(sql: sql)
    let rows = try Row.fetchCursor(statement, arguments: StatementArguments(arguments))
    // The row's columns are the statement's, which the cursor resets when it goes away.
    return try withExtendedLifetime(rows) { try rows.next().map(read) }
  }

  func integer(_ sql: String, _ arguments: [(any DatabaseValueConvertible)?] = []) throws -> Int? {
    try first(sql, arguments) { try $0.optionalInteger(0) } ?? nil
  }

  /// Of the row that was inserted last.
  var insertedKey: Int64 { database.lastInsertedRowID }

  /// Rows changed by the last statement.
  var changedRows: Int { database.changesCount }
}
