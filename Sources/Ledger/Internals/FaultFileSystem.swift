#if HAMUD_FAULTS
  import GRDBSQLite
  import Platform

  /// SQLite's own file system, with Platform's faults in front of everything that changes a disk.
  ///
  /// A file is SQLite's structure, then this one's own, then the real one's; calls go on to the real one. Shared memory is
  /// passed through uncounted: it is made anew after every crash.
  enum FaultFileSystem {
    /// Registers it as the default, once.
    static func install() { _ = installed }

    nonisolated(unsafe) private static let real = sqlite3_vfs_find(nil)

    private static let installed: Void = {
      guard let real else { return }
      let own = UnsafeMutablePointer<sqlite3_vfs>.allocate(capacity: 1)
      own.initialize(to: real.pointee)
      own.pointee.pNext = nil
      own.pointee.szOsFile = real.pointee.szOsFile + CInt(FaultFile.size)
      own.pointee.zName = UnsafePointer(strdupForEver("hamud-faults"))
      own.pointee.xOpen = { _, name, file, flags, given in open(name, file, flags, given) }
      own.pointee.xDelete = { _, name, syncs in delete(name, syncs) }
      sqlite3_vfs_register(own, 1)
    }()

    private static func strdupForEver(_ text: String) -> UnsafeMutablePointer<CChar> {
      let bytes = Array(text.utf8CString)
      let copy = UnsafeMutablePointer<CChar>.allocate(capacity: bytes.count)
      copy.initialize(from: bytes, count: bytes.count)
      return copy
    }

    private static func open(
      _ name: UnsafePointer<CChar>?, _ file: UnsafeMutablePointer<sqlite3_file>?, _ flags: CInt,
      _ given: UnsafeMutablePointer<CInt>?
    ) -> CInt {
      guard let real, let file else { return SQLITE_CANTOPEN }
      let own = FaultFile(file)
      let path = name.map { String(cString: $0) }
      // Only in builds with faults. A place that cannot be looked at counts as no new one: SQLite meets the error in its own open.
      let isNew = flags & SQLITE_OPEN_CREATE != 0 && path.map { (try? FileStatus.ifPresent($0)) == .some(nil) } ?? false
      own.begin(path: path, isNewLog: isNew && flags & (SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL) != 0)
      let call = { real.pointee.xOpen(real, name, own.real, flags, given) }
      guard isNew, let path else { return call() }
      return code(DatabaseFaults.around(.create, path, call), failing: SQLITE_CANTOPEN)
    }

    private static func delete(_ name: UnsafePointer<CChar>?, _ syncs: CInt) -> CInt {
      guard let real, let name else { return SQLITE_IOERR_DELETE_CODE }
      let call = { real.pointee.xDelete(real, name, syncs) }
      return code(
        DatabaseFaults.around(.delete(syncsDirectory: syncs != 0), String(cString: name), call),
        failing: SQLITE_IOERR_DELETE_CODE)
    }

    /// As SQLite's own file system says it: a full disk by a code of its own, a spent quota as a failed write.
    static func code(_ result: Result<CInt, Errno>, failing: CInt) -> CInt {
      switch result {
      case .success(let code): code
      case .failure(.noSpace): SQLITE_FULL
      case .failure: failing
      }
    }

    // Composed by macros, which Swift does not see.
    static let SQLITE_IOERR_DELETE_CODE = SQLITE_IOERR | (10 << 8)
    static let SQLITE_IOERR_WRITE_CODE = SQLITE_IOERR | (3 << 8)
    static let SQLITE_IOERR_FSYNC_CODE = SQLITE_IOERR | (4 << 8)
    static let SQLITE_IOERR_TRUNCATE_CODE = SQLITE_IOERR | (6 << 8)
  }
#endif
