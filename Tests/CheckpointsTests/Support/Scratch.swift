import Checkpoints
import Platform
import Testing

/// A directory of its own for one test, which removes it at its end.
///
/// In memory where there is such a place: the tests write some ten thousand durable files, and what a disk would add is
/// waiting. That each of them is synced is Platform's to prove.
struct Scratch: Sendable {
  let path: String

  init() throws {
    let parent = Permissions.mayWrite("/dev/shm") ? "/dev/shm" : "/tmp"
    path = parent + "/hamud-checkpoints-" + hexadecimal(randomBytes(8))
    try DurableDirectory.make(path, mode: 0o700)
  }

  func remove() { _ = try? DurableDirectory.removeTree(path) }

  func path(_ name: String) -> String { Paths.join(path, name) }

  /// Makes a directory and returns its path.
  func directory(_ name: String) throws -> String {
    try DurableDirectory.make(path(name), parents: true)
    return path(name)
  }

  @discardableResult
  func write(_ bytes: [UInt8], to name: String) throws -> String {
    try DurableFile.publish(bytes, to: path(name))
    return path(name)
  }

  @discardableResult
  func write(_ text: String, to name: String) throws -> String { try write(Array(text.utf8), to: name) }
}

func bytes(of path: String) throws -> [UInt8] { try DataFile.read(path, limit: 1 << 30) }

/// Runs something that must fail, and returns its error.
func failure(
  _ body: () throws -> Void, _ comment: Comment? = nil, sourceLocation: SourceLocation = #_sourceLocation
) -> CheckpointError? {
  do {
    try body()
    Issue.record(comment ?? "nothing was thrown", sourceLocation: sourceLocation)
  } catch let error as CheckpointError {
    return error
  } catch {
    Issue.record("\(error) is no CheckpointError", sourceLocation: sourceLocation)
  }
  return nil
}

/// A generator with a seed, so that a failing draw can be drawn again (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed >> 31)
  }
}
