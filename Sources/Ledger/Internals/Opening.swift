import GRDB
import GRDBSQLite
import Platform

/// The file and its connections.
struct Store: Sendable {
  let reader: any DatabaseReader
  /// Absent when it was opened for reading only.
  let writer: (any DatabaseWriter)?
  /// An older format that it had.
  let migratedFrom: Int?
  /// As `Ledger.lastBelieved`.
  let lastBelieved: Timestamp?

  /// Opens, makes or migrates.
  init(path: String, schema: LedgerSchema) throws {
    #if HAMUD_FAULTS
      if DatabaseFaults.arePlanned { FaultFileSystem.install() }
    #endif
    if try FileStatus.ifPresent(path) == nil {
      // SQLite gives -wal and -shm the rights of the file itself, so only this one has to be made with them.
      try DurableFile.publish([], to: path, attributes: FileAttributes(mode: 0o640))
    }
    migratedFrom = try Store.bringUp(path, to: schema)
    let pool = try DatabasePool(path: path, configuration: Store.configuration(readOnly: false))
    // GRDB sets NORMAL when it turns WAL on; then the last commits could be lost with the power.
    lastBelieved = try pool.writeWithoutTransaction {
      try Store.makeDurable($0)
      return try Session(database: $0).lastBelieved()
    }
    reader = pool
    writer = pool
  }

  init(readOnly path: String, schema: LedgerSchema) throws {
    guard try FileStatus.ifPresent(path) != nil else { throw LedgerError.missing(path: path) }
    let queue = try DatabaseQueue(path: path, configuration: Store.configuration(readOnly: true))
    let found = try queue.read { try Store.format(of: $0, path: path) }
    switch found {
    case nil: throw LedgerError.missing(path: path)
    case schema.format?: break
    case let found? where found > schema.format:
      throw LedgerError.newerFormat(path: path, found: found, supported: schema.format)
    case let found?: throw LedgerError.olderFormat(path: path, found: found, supported: schema.format)
    }
    reader = queue
    writer = nil
    migratedFrom = nil
    lastBelieved = nil
  }

  /// Seconds for which one connection waits for another.
  static let busyTimeout = 10.0

  private static func configuration(readOnly: Bool) -> Configuration {
    var configuration = Configuration()
    configuration.label = "ledger"
    configuration.readonly = readOnly
    configuration.foreignKeysEnabled = true
    configuration.busyMode = .timeout(busyTimeout)
    configuration.maximumReaderCount = 2
    configuration.publicStatementArguments = false
    if !readOnly { configuration.journalMode = .wal }
    configuration.prepareDatabase { database in
      // What is deleted is overwritten: subjects' names must not stay in free pages.
      if !readOnly { try database.execute(sql: "PRAGMA secure_delete = ON") }
      try database.execute(sql: "PRAGMA trusted_schema = OFF")
      // -wal and -shm stay when the last connection closes: without them nobody could read the ledger who may not
      // write its directory.
      var isKept: CInt = 1
      guard sqlite3_file_control(database.sqliteConnection, nil, SQLITE_FCNTL_PERSIST_WAL, &isKept) == SQLITE_OK else {
        throw DatabaseError(resultCode: .SQLITE_ERROR, message: "the -wal file cannot be kept")
      }
    }
    return configuration
  }
}

// MARK: - Formats

extension Store {
  /// Nil for an empty file.
  private static func format(of database: Database, path: String) throws -> Int? {
    let application = try Int.fetchOne(database, sql: "PRAGMA application_id") ?? 0
    let format = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
    let tables = try Int.fetchOne(database, sql: "SELECT COUNT(*) FROM sqlite_master") ?? 0
    if application == 0, format == 0, tables == 0 { return nil }
    guard application == SchemaSQL.applicationID, format > 0 else { throw LedgerError.notALedger(path: path) }
    return format
  }

  /// With connections of its own, before the pool. The first one only reads: what is no ledger of ours stays untouched.
  /// - Returns: the older format that it had.
  private static func bringUp(_ path: String, to schema: LedgerSchema) throws -> Int? {
    let found = try look(path)
    if found == schema.format { return nil }
    if let found {
      if found > schema.format {
        throw LedgerError.newerFormat(path: path, found: found, supported: schema.format)
      }
      guard (found..<schema.format).allSatisfy({ schema.migrations[$0] != nil }) else {
        throw LedgerError.tooOld(path: path, found: found, supported: schema.format)
      }
    }
    if found != nil { try copy(path, asBefore: schema.format) }
    try alone(with: path) { queue in
      try queue.write { database in
        if let found {
          try migrate(database, from: found, to: schema)
        } else {
          try make(database, schema)
        }
      }
    }
    return found
  }

  /// A process that ended while it made the ledger left SQLite's journal of that, which a reader may not undo; a writer does
  /// it with its first look, and that is all that it does here.
  private static func look(_ path: String) throws -> Int? {
    func format(readOnly: Bool) throws -> Int? {
      var configuration = Store.configuration(readOnly: readOnly)
      configuration.journalMode = .default
      let queue = try DatabaseQueue(path: path, configuration: configuration)
      let found = try queue.read { try Store.format(of: $0, path: path) }
      try queue.close()
      return found
    }
    do {
      return try format(readOnly: true)
    } catch let error as DatabaseError where error.extendedResultCode == .SQLITE_READONLY_ROLLBACK {
      return try format(readOnly: false)
    }
  }

  private static func alone(with path: String, _ body: (DatabaseQueue) throws -> Void) throws {
    let queue = try DatabaseQueue(path: path, configuration: configuration(readOnly: false))
    try queue.writeWithoutTransaction { try Store.makeDurable($0) }
    try body(queue)
    try queue.close()
  }

  /// Asked back, since SQLite ignores a pragma that it does not like.
  private static func makeDurable(_ database: Database) throws {
    try database.execute(sql: "PRAGMA synchronous = FULL")
    let full = 2
    guard try Int.fetchOne(database, sql: "PRAGMA synchronous") == full,
      try String.fetchOne(database, sql: "PRAGMA journal_mode") == "wal"
    else { throw DatabaseError(resultCode: .SQLITE_ERROR, message: "durable commits are not possible here") }
  }

  private static func make(_ database: Database, _ schema: LedgerSchema) throws {
    try database.execute(sql: SchemaSQL.tables)
    for format in 1..<max(1, schema.format) {
      if let sql = SchemaSQL.migrations[format] { try database.execute(sql: sql) }
    }
    try database.execute(sql: "PRAGMA application_id = \(SchemaSQL.applicationID)")
    try database.execute(sql: "PRAGMA user_version = \(schema.format)")
    try Session(database: database).setChainEnd(count: 0, head: Chain.start)
  }

  /// The copy is whole before anything is changed. One that an interrupted migration left is of the same ledger, and is
  /// replaced. SQLite is not in the file meanwhile: closing any descriptor of a file gives up all locks of the process.
  private static func copy(_ path: String, asBefore format: Int) throws {
    try alone(with: path) { queue in try queue.writeWithoutTransaction { _ = try $0.checkpoint(.truncate) } }
    let source = try DataFile(path: path)
    try DurableFile.copy(source, to: "\(path).before-\(format)", attributes: FileAttributes(mode: 0o640))
  }

  private static func migrate(_ database: Database, from found: Int, to schema: LedgerSchema) throws {
    for format in found..<schema.format {
      if let sql = schema.migrations[format] { try database.execute(sql: sql) }
    }
    try database.execute(sql: "PRAGMA user_version = \(schema.format)")
  }
}
