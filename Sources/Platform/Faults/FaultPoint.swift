#if HAMUD_FAULTS
  import Glibc

  /// What SQLite does to a file.
  package enum DatabaseAct {
    case create
    /// What stood in the written range before is asked for where it may have to come back.
    case write(UnsafeRawBufferPointer, at: Int, half: () -> Void, old: (Int, Int) -> [UInt8], size: () -> Int)
    case truncate(to: Int, old: (Int, Int) -> [UInt8], size: () -> Int)
    /// SQLite syncs the directory too where the file is a new log.
    case sync(directoryToo: Bool)
    case delete(syncsDirectory: Bool)
  }

  /// The door of SQLite's files, for the file system that Ledger registers in such builds.
  package enum DatabaseFaults {
    package static var arePlanned: Bool { Faults.arePlanned }

    package static func around(_ act: DatabaseAct, _ path: String, _ call: () -> CInt) -> Result<CInt, Errno> {
      Faults.shared.around(act, path, call)
    }
  }

  /// A counted call: what it is and to what, for the log and for whoever reads why a process ended.
  struct FaultPoint {
    static let open = "open"

    let word: String
    let place: String
    /// Does half of a write.
    var half: () -> Void = {}

    /// Nil for what is not counted.
    init?(_ act: DurableAct) {
      switch act {
      case .open(let directory, let name, let flags):
        word = flags & O_CREAT != 0 ? "create" : Self.open
        place = Self.path(directory, name)
      case .write(let file, let bytes):
        guard file > STDERR_FILENO, Self.isFile(file) else { return nil }
        (word, place) = ("write", Self.path(file))
        half = { _ = Glibc.write(file, bytes.baseAddress, bytes.count / 2) }
      case .change(let file): (word, place) = ("change", Self.path(file))
      case .sync(let file): (word, place) = ("sync", Self.path(file))
      case .rename(let from, let old, let to, let new):
        (word, place) = ("rename", Self.path(from, old) + " " + Self.path(to, new))
      case .unlink(let directory, let name, _): (word, place) = ("unlink", Self.path(directory, name))
      case .makeDirectory(let directory, let name): (word, place) = ("mkdir", Self.path(directory, name))
      case .makeLink(let directory, let name): (word, place) = ("symlink", Self.path(directory, name))
      }
      // Only what can be lost is worth failing: an open that changes nothing is counted wherever it is.
      if word != Self.open, place.contains("/run/hamud") { return nil }
      if word == Self.open, place.hasPrefix("/proc/") || place.hasPrefix("/sys/") { return nil }
    }

    init(_ act: DatabaseAct, _ path: String) {
      place = path
      switch act {
      case .create: word = "db-create"
      case .write(_, _, let half, _, _):
        word = "db-write"
        self.half = half
      case .truncate: word = "db-truncate"
      case .sync: word = "db-sync"
      case .delete: word = "db-delete"
      }
    }

    private static func isFile(_ file: CInt) -> Bool {
      var status = stat()
      return fstat(file, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    }

    private static func path(_ directory: CInt, _ name: FileName) -> String {
      name.hasPrefix("/") || directory == AT_FDCWD ? name.readable : path(directory) + "/" + name.readable
    }

    private static func path(_ file: CInt) -> String {
      let bytes = [UInt8](unsafeUninitializedCapacity: Int(PATH_MAX)) { buffer, count in
        let length = buffer.withMemoryRebound(to: CChar.self) { text in
          text.baseAddress.map { readlink("/proc/self/fd/\(file)", $0, text.count) } ?? 0
        }
        count = max(0, length)
      }
      return String(decoding: bytes, as: UTF8.self)
    }
  }
#endif
