#if HAMUD_FAULTS
  import GRDBSQLite
  import Platform

  /// The calls on an open file: four change the disk and are counted, the others go straight on.
  enum FaultMethods {
    nonisolated(unsafe) static let table: UnsafePointer<sqlite3_io_methods> = {
      let table = UnsafeMutablePointer<sqlite3_io_methods>.allocate(capacity: 1)
      var methods = sqlite3_io_methods()
      // Version 2: with shared memory for the write-ahead log, without mapped pages.
      methods.iVersion = 2
      methods.xClose = { close($0) }
      methods.xWrite = { write($0, $1, $2, $3) }
      methods.xTruncate = { truncate($0, $1) }
      methods.xSync = { sync($0, $1) }
      passOn(&methods)
      table.initialize(to: methods)
      return UnsafePointer(table)
    }()

    private static func close(_ file: UnsafeMutablePointer<sqlite3_file>?) -> CInt {
      guard let own = FaultFile(file) else { return SQLITE_OK }
      defer { own.end() }
      return own.methods?.xClose(own.real) ?? SQLITE_OK
    }

    private static func write(
      _ file: UnsafeMutablePointer<sqlite3_file>?, _ bytes: UnsafeRawPointer?, _ count: CInt, _ offset: sqlite3_int64
    ) -> CInt {
      guard let own = FaultFile(file), let methods = own.methods else { return SQLITE_IOERR }
      let call = { methods.xWrite(own.real, bytes, count, offset) }
      guard let path = own.path?.path else { return call() }
      let act = DatabaseAct.write(
        UnsafeRawBufferPointer(start: bytes, count: Int(count)), at: Int(offset),
        half: { _ = methods.xWrite(own.real, bytes, count / 2, offset) }, old: { own.bytes(at: $0, count: $1) },
        size: { own.length })
      return FaultFileSystem.code(
        DatabaseFaults.around(act, path, call), failing: FaultFileSystem.SQLITE_IOERR_WRITE_CODE)
    }

    private static func truncate(_ file: UnsafeMutablePointer<sqlite3_file>?, _ size: sqlite3_int64) -> CInt {
      guard let own = FaultFile(file), let methods = own.methods else { return SQLITE_IOERR }
      let call = { methods.xTruncate(own.real, size) }
      guard let path = own.path?.path else { return call() }
      let act = DatabaseAct.truncate(to: Int(size), old: { own.bytes(at: $0, count: $1) }, size: { own.length })
      return FaultFileSystem.code(
        DatabaseFaults.around(act, path, call), failing: FaultFileSystem.SQLITE_IOERR_TRUNCATE_CODE)
    }

    private static func sync(_ file: UnsafeMutablePointer<sqlite3_file>?, _ flags: CInt) -> CInt {
      guard let own = FaultFile(file), let methods = own.methods else { return SQLITE_IOERR }
      let call = { methods.xSync(own.real, flags) }
      guard let path = own.path else { return call() }
      let code = FaultFileSystem.code(
        DatabaseFaults.around(.sync(directoryToo: path.isNewLog), path.path, call),
        failing: FaultFileSystem.SQLITE_IOERR_FSYNC_CODE)
      if code == SQLITE_OK { path.isNewLog = false }
      return code
    }

    private static func passOn(_ methods: inout sqlite3_io_methods) {
      methods.xRead = { file, buffer, count, offset in
        FaultFile(file).flatMap { own in own.methods?.xRead(own.real, buffer, count, offset) } ?? SQLITE_IOERR
      }
      methods.xFileSize = { file, size in
        FaultFile(file).flatMap { own in own.methods?.xFileSize(own.real, size) } ?? SQLITE_IOERR
      }
      methods.xLock = { file, lock in
        FaultFile(file).flatMap { own in own.methods?.xLock(own.real, lock) } ?? SQLITE_IOERR
      }
      methods.xUnlock = { file, lock in
        FaultFile(file).flatMap { own in own.methods?.xUnlock(own.real, lock) } ?? SQLITE_IOERR
      }
      methods.xCheckReservedLock = { file, result in
        FaultFile(file).flatMap { own in own.methods?.xCheckReservedLock(own.real, result) } ?? SQLITE_IOERR
      }
      methods.xFileControl = { file, operation, argument in
        FaultFile(file).flatMap { own in own.methods?.xFileControl(own.real, operation, argument) } ?? SQLITE_NOTFOUND
      }
      methods.xSectorSize = { file in FaultFile(file).flatMap { own in own.methods?.xSectorSize(own.real) } ?? 4096 }
      methods.xDeviceCharacteristics = { file in
        FaultFile(file).flatMap { own in own.methods?.xDeviceCharacteristics(own.real) } ?? 0
      }
      passOnSharedMemory(&methods)
    }

    private static func passOnSharedMemory(_ methods: inout sqlite3_io_methods) {
      methods.xShmMap = { file, region, size, extends, memory in
        FaultFile(file).flatMap { own in own.methods?.xShmMap(own.real, region, size, extends, memory) } ?? SQLITE_IOERR
      }
      methods.xShmLock = { file, offset, count, flags in
        FaultFile(file).flatMap { own in own.methods?.xShmLock(own.real, offset, count, flags) } ?? SQLITE_IOERR
      }
      methods.xShmBarrier = { file in
        if let own = FaultFile(file) { own.methods?.xShmBarrier(own.real) }
      }
      methods.xShmUnmap = { file, deletes in
        FaultFile(file).flatMap { own in own.methods?.xShmUnmap(own.real, deletes) } ?? SQLITE_OK
      }
    }
  }
#endif
