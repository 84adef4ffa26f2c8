import Glibc
import Platform

/// Another process: its standard output is kept, its standard error is ours.
enum Child {
  /// Runs a program, found on PATH where it has no slash, and returns what it printed.
  static func run(_ arguments: [String]) throws -> String {
    let shown = arguments.joined(separator: " ")
    var ends: [Int32] = [0, 0]
    guard pipe(&ends) == 0, ends.allSatisfy({ fcntl($0, F_SETFD, FD_CLOEXEC) == 0 }) else {
      throw BenchError("no pipe for \(shown): \(reason(errno))")
    }
    defer { close(ends[0]) }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO)
    var words: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
    defer { words.forEach { free($0) } }
    var child = pid_t()
    let status = posix_spawnp(&child, arguments[0], &actions, nil, &words, environ)
    close(ends[1])
    guard status == 0 else { throw BenchError("\(shown): \(reason(status))") }
    let output = read(ends[0])
    var ending: Int32 = 0
    while waitpid(child, &ending, 0) < 0 && errno == EINTR {}
    guard ending == 0 else {
      let cause = ending & 0x7f == 0 ? "exit code \(ending >> 8 & 0xff)" : "signal \(ending & 0x7f)"
      throw BenchError("\(shown): ended with \(cause)")
    }
    return output
  }

  private static func read(_ descriptor: Int32) -> String {
    var bytes: [UInt8] = []
    var piece: [UInt8] = Array(repeating: 0, count: 1 << 16)
    while true {
      let count = Glibc.read(descriptor, &piece, piece.count)
      if count < 0 && errno == EINTR { continue }
      if count <= 0 { return String(decoding: bytes, as: UTF8.self) }
      bytes += piece[..<count]
    }
  }

  private static func reason(_ number: Int32) -> String { String(cString: strerror(number)) }

  /// This program, for a measurement in a process of its own.
  static func measure(_ arguments: [String]) throws -> JSON {
    try JSON(text: try run(["/proc/self/exe", "measure"] + arguments))
  }
}

func say(_ text: String) {
  var bytes = Array((text + "\n").utf8)[...]
  while !bytes.isEmpty {
    let written = bytes.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
    if written < 0 && errno == EINTR { continue }
    if written <= 0 { return }
    bytes = bytes.dropFirst(written)
  }
}
