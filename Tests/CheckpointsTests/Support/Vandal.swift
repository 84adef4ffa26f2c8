import Checkpoints
import Glibc
import Platform

/// Damages files of a store and puts everything back, counting what was done and what an audit found of it.
final class Vandal {
  /// One kind of damage, for the tally.
  struct Tally {
    var made = 0
    var found = 0
  }

  private(set) var tallies: [(kind: String, tally: Tally)] = []
  /// Damages that were not found, or of which a file was not named.
  private(set) var missed: [String] = []
  private let audit: () -> [AuditFinding]
  private let aside: String

  /// - Parameter aside: a directory that no audit looks into, on the same file system.
  init(aside: String, _ audit: @escaping () -> [AuditFinding]) {
    self.aside = aside
    self.audit = audit
  }

  var made: Int { tallies.reduce(0) { $0 + $1.tally.made } }
  var found: Int { tallies.reduce(0) { $0 + $1.tally.found } }

  var summary: String {
    let parts = tallies.map { "\($0.kind) \($0.tally.found)/\($0.tally.made)" }
    return "damage: \(made) made, \(found) found (\(parts.joined(separator: ", ")))"
  }

  /// Damages, looks, repairs. Every one of `places` must be named: itself, a directory that it is in, or a file in it.
  func damage(_ kind: String, _ what: String, at places: [String], _ make: () throws -> Void, repair: () throws -> Void)
    throws
  {
    try make()
    let named = audit().filter { $0.severity == .error }.map(\.place)
    try repair()
    let isFound = places.allSatisfy { place in
      named.contains { place == $0 || place.hasPrefix($0 + "/") || $0.hasPrefix(place + "/") }
    }
    if !isFound { missed.append("\(kind) \(what): named \(named)") }
    let index = tallies.firstIndex { $0.kind == kind } ?? tallies.endIndex
    if index == tallies.endIndex { tallies.append((kind, Tally())) }
    tallies[index].tally.made += 1
    tallies[index].tally.found += isFound ? 1 : 0
  }

  /// Other bytes in the place of a file's own.
  func rewrite(_ kind: String, _ what: String, _ path: String, _ bytes: [UInt8]) throws {
    let sound = try Self.read(path)
    guard sound != bytes else { return }
    try damage(
      kind, "\(what) of \(path)", at: [path], { try Self.write(bytes, path) }, repair: { try Self.write(sound, path) })
  }

  func flip(_ path: String, bit: Int) throws {
    var bytes = try Self.read(path)
    bytes[bit / 8] ^= 1 << (bit % 8)
    try rewrite("flips", "bit \(bit)", path, bytes)
  }

  /// Every class of length: nothing, less than a safetensors prefix, in the middle of it, all but a byte; and longer.
  func resize(_ path: String) throws {
    let sound = try Self.read(path)
    for length in Set([0, 1, 7, 8, 9, sound.count / 2, sound.count - 8, sound.count - 1]) where length < sound.count {
      guard length >= 0 else { continue }
      try rewrite("truncations", "to \(length)", path, Array(sound[..<length]))
    }
    try rewrite("extensions", "by 1", path, sound + [0])
    try rewrite("extensions", "by 4096", path, sound + [UInt8](repeating: 0x20, count: 4096))
    for block in stride(from: 0, to: sound.count, by: 512) {
      var holed = sound
      for index in block..<min(block + 512, sound.count) { holed[index] = 0 }
      try rewrite("holes", "at \(block)", path, holed)
    }
  }

  func swap(_ first: String, _ second: String) throws {
    let (one, other) = (try Self.read(first), try Self.read(second))
    guard one != other else { return }
    let exchange = { try Self.exchange(first, second) }
    try damage("swaps", "\(first) and \(second)", at: [first, second], exchange, repair: exchange)
  }

  func delete(_ path: String) throws {
    let place = try outside(path)
    try damage("deletions", path, at: [path], {}, repair: { _ = Self.rename(place, path) })
  }

  // MARK: By the system's own calls, for what the store's own door would not do.

  static func read(_ path: String) throws -> [UInt8] { try DataFile.read(path, limit: 1 << 30) }

  static func write(_ bytes: [UInt8], _ path: String) throws {
    let file = open(path, O_WRONLY | O_TRUNC | O_CREAT, 0o640)
    defer { close(file) }
    guard file >= 0, bytes.withUnsafeBytes({ Glibc.write(file, $0.baseAddress, $0.count) }) == bytes.count else {
      throw Failure(path: path, number: errno)
    }
  }

  static func exchange(_ first: String, _ second: String) throws {
    let third = first + ".third"
    guard rename(first, third), rename(second, first), rename(third, second) else {
      throw Failure(path: first, number: errno)
    }
  }

  static func rename(_ from: String, _ to: String) -> Bool { Glibc.rename(from, to) == 0 }

  /// Moves something out of what is audited, within its file system.
  private func outside(_ path: String) throws -> String {
    let place = Paths.join(aside, hexadecimal(randomBytes(4)))
    guard Self.rename(path, place) else { throw Failure(path: path, number: errno) }
    return place
  }

  struct Failure: Error {
    let path: String
    let number: Int32
  }
}
