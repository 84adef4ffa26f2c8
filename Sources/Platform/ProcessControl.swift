import CSystemd
import Glibc

/// This process: its number, its end, its surroundings.
package enum ProcessControl {
  package static var identifier: Int32 { getpid() }

  /// A reader that goes away is then an error of the write instead of the end of the process.
  package static func ignoreBrokenPipes() { signal(SIGPIPE, SIG_IGN) }

  package static func exit(_ code: Int32) -> Never { Glibc.exit(code) }

  package static func environment(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }

  /// Runs the same program with the same arguments in the place of this one, under the same number. Returns where that
  /// cannot be: the file was replaced or removed meanwhile, or a policy forbids it.
  /// - Parameter changes: of the environment; nil removes a variable.
  package static func startAnew(changing changes: [String: String?]) {
    // By its own path: `/proc/self/exe` would become the name by which the journal and ps know it.
    var path = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
    guard readlink("/proc/self/exe", &path, Int(PATH_MAX)) > 0 else { return }
    let before = changes.map { ($0.key, environment($0.key)) }
    for (name, value) in changes { set(name, value) }
    execv(path, CommandLine.unsafeArgv)
    for (name, value) in before { set(name, value) }
  }

  private static func set(_ name: String, _ value: String?) {
    if let value { setenv(name, value, 1) } else { unsetenv(name) }
  }

  package static var currentDirectory: String? {
    guard let path = getcwd(nil, 0) else { return nil }
    defer { free(path) }
    return String(cString: path)
  }

  /// The machine's name, as the kernel has it.
  package static var hostName: String {
    var buffer = [CChar](repeating: 0, count: 256)
    guard gethostname(&buffer, buffer.count - 1) == 0 else { return "localhost" }
    return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}

/// How much memory this process takes, in bytes (proc(5), `/proc/self/status`).
package struct ProcessMemory: Hashable, Sendable {
  package let resident: Int
  /// The largest `resident` so far.
  package let peak: Int
  /// Not backed by a file: heap, stacks, written pages of private maps.
  package let anonymous: Int
  /// Pages of mapped files.
  package let mapped: Int

  /// Hands memory that was freed back to the kernel: after work that needed much of it, and would otherwise keep it
  /// until the process ends (malloc_trim(3)).
  package static func giveBack() { malloc_trim(0) }

  package static func now() throws(PlatformError) -> ProcessMemory {
    let bytes = try DataFile.read("/proc/self/status", limit: 1 << 16)
    let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
    func value(_ key: String) -> Int {
      let line = lines.first { $0.hasPrefix(key + ":") }
      return (line?.split(whereSeparator: \.isWhitespace).dropFirst().first).flatMap { Int($0) }.map { $0 << 10 } ?? 0
    }
    return ProcessMemory(
      resident: value("VmRSS"), peak: value("VmHWM"), anonymous: value("RssAnon"), mapped: value("RssFile"))
  }
}
