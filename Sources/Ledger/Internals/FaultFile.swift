#if HAMUD_FAULTS
  import GRDBSQLite
  import Platform

  /// An open file of `FaultFileSystem`, in the memory that SQLite gives it.
  struct FaultFile {
    private struct Header {
      var base: sqlite3_file
      var path: Unmanaged<FaultPath>?
    }

    /// A multiple of what any structure wants.
    static let size = (MemoryLayout<Header>.size + 15) / 16 * 16

    private let header: UnsafeMutablePointer<Header>

    init(_ file: UnsafeMutablePointer<sqlite3_file>) {
      header = UnsafeMutableRawPointer(file).assumingMemoryBound(to: Header.self)
    }

    init?(_ file: UnsafeMutablePointer<sqlite3_file>?) {
      guard let file else { return nil }
      self.init(file)
    }

    var real: UnsafeMutablePointer<sqlite3_file> {
      (UnsafeMutableRawPointer(header) + Self.size).assumingMemoryBound(to: sqlite3_file.self)
    }

    /// Nil for a temporary file without a name.
    var path: FaultPath? { header.pointee.path?.takeUnretainedValue() }

    /// SQLite closes a file whose opening failed too when it has methods.
    func begin(path: String?, isNewLog: Bool) {
      header.initialize(
        to: Header(
          base: sqlite3_file(pMethods: FaultMethods.table),
          path: path.map { Unmanaged.passRetained(FaultPath($0, isNewLog: isNewLog)) }))
      real.pointee.pMethods = nil
    }

    func end() {
      header.pointee.path?.release()
      header.pointee.path = nil
      header.pointee.base.pMethods = nil
    }

    // MARK: As the real file has it

    var methods: sqlite3_io_methods? { real.pointee.pMethods?.pointee }

    var length: Int {
      var size: sqlite3_int64 = 0
      return methods?.xFileSize(real, &size) == SQLITE_OK ? Int(size) : 0
    }

    func bytes(at offset: Int, count: Int) -> [UInt8] {
      let there = max(0, min(count, length - offset))
      var bytes = [UInt8](repeating: 0, count: there)
      guard there > 0, methods?.xRead(real, &bytes, CInt(there), sqlite3_int64(offset)) == SQLITE_OK else { return [] }
      return bytes
    }
  }

  final class FaultPath {
    let path: String
    /// SQLite syncs the directory with the first sync of a log that it made.
    var isNewLog: Bool

    init(_ path: String, isNewLog: Bool) {
      self.path = path
      self.isNewLog = isNewLog
    }
  }
#endif
