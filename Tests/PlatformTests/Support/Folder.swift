import Glibc
import Platform

/// An empty directory of a test's own, gone with the object.
final class Folder: Sendable {
  let path: String

  init() {
    var template = Array("/tmp/hamud-platform-XXXXXX".utf8CString)
    let made = template.withUnsafeMutableBufferPointer { buffer in
      buffer.baseAddress.flatMap { mkdtemp($0) }.map { String(cString: $0) }
    }
    path = made ?? "/nowhere"
    // Other users' eyes are part of the tests.
    chmod(path, 0o755)
  }

  deinit { _ = try? DurableDirectory.removeTree(path) }

  func file(_ name: String) -> String { Paths.join(path, name) }

  /// Written in place, as a careless neighbour would.
  @discardableResult
  func put(_ name: String, _ bytes: [UInt8]) -> String {
    let descriptor = open(file(name), O_WRONLY | O_CREAT | O_TRUNC, 0o644)
    bytes.withUnsafeBytes { _ = write(descriptor, $0.baseAddress, $0.count) }
    close(descriptor)
    return file(name)
  }

  @discardableResult
  func put(_ name: String, _ text: String) -> String { put(name, Array(text.utf8)) }

  func text(_ name: String) -> String? {
    (try? DataFile.read(file(name), limit: 1 << 20)).map { String(decoding: $0, as: UTF8.self) }
  }

  /// With hidden names.
  var names: [String] { (try? DurableDirectory.list(path)) ?? [] }
}

/// What a call threw; nothing when it did not.
func failure(_ body: () throws(PlatformError) -> Void) -> PlatformError? {
  do {
    try body()
    return nil
  } catch {
    return error
  }
}

func failure(_ body: () async throws(PlatformError) -> Void) async -> PlatformError? {
  do {
    try await body()
    return nil
  } catch {
    return error
  }
}
