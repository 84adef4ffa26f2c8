import CSystemd
import Glibc

/// The three streams that every process has. Written without a buffer, so that what was said is out even when the
/// process ends the next moment.
package enum Console {
  package enum Stream: Sendable {
    case output, error

    var descriptor: CInt {
      switch self {
      case .output: STDOUT_FILENO
      case .error: STDERR_FILENO
      }
    }
  }

  /// - Throws: also when the reader is gone (`EPIPE`), once `ProcessControl.ignoreBrokenPipes` was called.
  package static func write(_ text: String, to stream: Stream = .output) throws(PlatformError) {
    try attempt("write to", stream == .output ? "standard output" : "standard error") { () throws(Errno) in
      try writeWhole(stream.descriptor, text)
    }
  }

  /// Standard input to its end.
  package static func readInput(limit: Int) throws(PlatformError) -> [UInt8] {
    let bytes = try attempt("read", "standard input") { () throws(Errno) in
      try readWhole(STDIN_FILENO, limit: limit)
    }
    guard let bytes else {
      throw PlatformError(
        operation: "read", path: "standard input", cause: .tooLarge(size: limit + 1, limit: limit))
    }
    return bytes
  }

  package static func isTerminal(_ stream: Stream) -> Bool { isatty(stream.descriptor) == 1 }

  /// In columns; absent where the stream is no terminal.
  package static func width(_ stream: Stream) -> Int? {
    var size = winsize()
    guard ioctl(stream.descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
    return Int(size.ws_col)
  }
}
