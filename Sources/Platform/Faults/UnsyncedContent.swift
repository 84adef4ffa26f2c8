#if HAMUD_FAULTS
  import Glibc

  /// Tells one file from all others, whatever its name.
  struct FileKey: Hashable {
    private let device: UInt64
    private let inode: UInt64

    init?(_ file: CInt) {
      var status = stat()
      guard fstat(file, &status) == 0 else { return nil }
      (device, inode) = (UInt64(status.st_dev), UInt64(status.st_ino))
    }
  }

  /// A file's length and mode as they were when it was last synced. Files are only ever written at their end, so that is
  /// all there is to restore.
  struct FileContent {
    private let file: CInt
    private let size: off_t
    private let mode: mode_t

    init?(_ file: CInt) {
      var status = stat()
      guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
      self.file = fcntl(file, F_DUPFD_CLOEXEC, 0)
      size = status.st_size
      mode = status.st_mode & 0o7777
    }

    func restore() {
      _ = ftruncate(file, size)
      _ = fchmod(file, mode)
    }

    func close() { _ = Glibc.close(file) }
  }

  /// What SQLite overwrote in a file since it last synced it.
  struct DatabaseContent {
    private let size: Int
    private var overwritten: [(offset: Int, bytes: [UInt8])] = []

    init(size: Int) { self.size = size }

    mutating func note(_ offset: Int, _ bytes: [UInt8]) { overwritten.append((offset, bytes)) }

    /// By path: the process ends, so its locks may go.
    func restore(_ path: String) {
      let file = open(path, O_WRONLY | O_CLOEXEC)
      guard file >= 0 else { return }
      for (offset, bytes) in overwritten.reversed() {
        _ = bytes.withUnsafeBytes { pwrite(file, $0.baseAddress, $0.count, off_t(offset)) }
      }
      _ = ftruncate(file, off_t(size))
      _ = close(file)
    }
  }
#endif
