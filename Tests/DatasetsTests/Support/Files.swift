import Datasets
import Glibc
import Platform

/// A directory that is removed with its content at the end of the test.
final class Scratch {
  let path: String

  init() throws {
    var template = Array("/tmp/hamud-datasets-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw Failure(text: "cannot make a temporary directory") }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit { _ = try? DurableDirectory.removeTree(path) }

  @discardableResult
  func write(_ name: String, _ bytes: [UInt8]) throws -> String {
    let file = Paths.join(path, name)
    if Paths.parent(of: file) != path { mkdir(Paths.parent(of: file), 0o755) }
    // A new file each time, without the syncs of a durable one: the mutation tests write thousands.
    unlink(file)
    let number = open(file, O_WRONLY | O_CREAT | O_EXCL, 0o644)
    defer { close(number) }
    guard number >= 0, Glibc.write(number, bytes, bytes.count) == bytes.count else {
      throw Failure(text: "cannot write \(file)")
    }
    return file
  }

  @discardableResult
  func write(_ name: String, _ text: String) throws -> String { try write(name, Array(text.utf8)) }

  /// In place, as another program would do it.
  func cut(_ name: String, to size: Int) { truncate(Paths.join(path, name), size) }

  func overwrite(_ name: String, at offset: Int, _ bytes: [UInt8]) {
    let number = open(Paths.join(path, name), O_WRONLY)
    defer { close(number) }
    pwrite(number, bytes, bytes.count, offset)
  }

  func touch(_ name: String) {
    var times = [timespec(tv_sec: 1_000_000_000, tv_nsec: 5), timespec(tv_sec: 1_000_000_000, tv_nsec: 5)]
    utimensat(AT_FDCWD, Paths.join(path, name), &times, 0)
  }

  func remove(_ name: String) { unlink(Paths.join(path, name)) }

  func at(_ name: String) -> String { Paths.join(path, name) }

  /// Said at the end of a test that needs the files and not this object: it must not be freed before.
  func keep() {}
}

struct Failure: Error { let text: String }

/// The repository's root, from where this file lies once links are followed.
let packageRoot: String = {
  let resolved = realpath(#filePath, nil)
  defer { free(resolved) }
  var path = resolved.map { String(cString: $0) } ?? #filePath
  for _ in 0..<4 { path = Paths.parent(of: path) }
  return path
}()

/// A file of the data that developers share beside the repository; nil, loudly, where there are none.
func shared(_ name: String, for test: String = #function) -> String? {
  let root = getenv("HAMUD_SHARED").map { String(cString: $0) } ?? Paths.join(Paths.parent(of: packageRoot), "shared")
  let path = Paths.join(root, name)
  if (try? FileStatus.ifPresent(path)) ?? nil != nil { return path }
  print("SKIPPED: \(test) (no shared/)")
  return nil
}

/// The data that the repository ships.
func demo(_ name: String) -> String { Paths.join(packageRoot, "etc/demo/data/\(name)") }

/// Counts by hand what a correct generator gives: a small fixed linear congruence, the same everywhere.
struct Generator: RandomNumberGenerator {
  private var state: UInt64
  init(_ seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 | 1 }
  mutating func next() -> UInt64 {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return state
  }
}

/// The error that opening gives, or nil.
func refusal(_ description: DatasetDescription, for known: Preparation = .unknown) -> DatasetError? {
  do throws(DatasetError) {
    _ = try Dataset.open(description, for: known)
    return nil
  } catch {
    return error
  }
}

extension Split {
  func values(_ rows: [Int]) throws -> [Float] {
    guard let first = rows.first else { return [] }
    _ = first
    var values = [Float](repeating: .nan, count: rows.count * elements)
    var failure: DatasetError?
    values.withUnsafeMutableBufferPointer { buffer in
      do throws(DatasetError) { try read(rows: rows, into: buffer) } catch { failure = error }
    }
    if let failure { throw failure }
    return values
  }
}
