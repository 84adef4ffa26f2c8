import CLibFuzzer
import Glibc

/// A file without a disk, for parsers that read files: written anew for each input, named by its descriptor.
final class MemoryFile {
  let path: String
  private let number: CInt

  init() {
    number = memfd_create("fuzz", 0)
    promise(number >= 0, "there is a file in memory")
    path = "/proc/self/fd/\(number)"
  }

  func write(_ bytes: [UInt8]) {
    let written = bytes.withUnsafeBytes { pwrite(number, $0.baseAddress, $0.count, 0) }
    promise(ftruncate(number, bytes.count) == 0 && written == bytes.count, "a file in memory can be written")
  }
}
