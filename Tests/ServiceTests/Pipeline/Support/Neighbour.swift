import Glibc
import Platform

/// What other users of the machine do to a directory that they may write.
enum Neighbour {
  struct Failure: Error { let number: Int32 }

  static func rename(_ path: String, to name: FileName, in directory: String) throws {
    try check(withPath(directory, name) { Glibc.rename(path, $0) })
  }

  static func makeFIFO(_ name: FileName, in directory: String) throws {
    try check(withPath(directory, name) { mkfifo($0, 0o644) })
  }

  static func link(_ target: String, _ name: FileName, in directory: String) throws {
    try check(withPath(directory, name) { symlink(target, $0) })
  }

  static func hardLink(_ target: String, _ name: FileName, in directory: String) throws {
    try check(withPath(directory, name) { Glibc.link(target, $0) })
  }

  /// Makes a file another user's. False where this process may not.
  static func give(_ path: String, to uid: UInt32) -> Bool { lchown(path, uid, uid) == 0 }

  /// Opens for appending; the writer closes it when it is done.
  static func write(_ text: String, to path: String) throws {
    let file = open(path, O_WRONLY | O_CREAT | O_APPEND, 0o644)
    defer { close(file) }
    let bytes = Array(text.utf8)
    guard bytes.withUnsafeBytes({ Glibc.write(file, $0.baseAddress, $0.count) }) == bytes.count else {
      throw Failure(number: errno)
    }
  }

  /// Writes over what a file has at its beginning, as whoever keeps it open does.
  static func overwrite(_ path: String, with bytes: [UInt8]) throws {
    let file = open(path, O_WRONLY)
    defer { close(file) }
    guard bytes.withUnsafeBytes({ Glibc.pwrite(file, $0.baseAddress, $0.count, 0) }) == bytes.count else {
      throw Failure(number: errno)
    }
  }

  private static func check(_ result: Int32) throws {
    if result != 0 { throw Failure(number: errno) }
  }

  private static func withPath(_ directory: String, _ name: FileName, _ body: (UnsafePointer<CChar>) -> Int32) -> Int32
  {
    let bytes = (Array((directory + "/").utf8) + name.bytes + [0]).map { CChar(bitPattern: $0) }
    return bytes.withUnsafeBufferPointer { buffer in buffer.baseAddress.map(body) ?? -1 }
  }
}
