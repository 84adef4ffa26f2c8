import Checkpoints
import Glibc
import Ledger
import Platform
import Requests
import Service
import Testing

/// A root with a life behind it: whatever is done to a file of it, `verify` finds and names it.
@Suite(.timeLimit(.minutes(20))) struct VerifyTests {
  /// Two requests served in two batches, one refused file, one request that waits.
  private static func lived() async throws -> Road {
    let road = try Road()
    let house = try await Household(road)
    try await house.submit(manifest("one", "subjects: [s-3]", "priority: urgent"), as: "one.yaml")
    try await house.settled("one")
    try await house.submit(manifest("two", "subjects: [s-1]", "priority: urgent"), as: "two.yaml")
    try await house.settled("two")
    try await house.submit(manifest("waits", "samples: [17]"), as: "waits.yaml")
    try await house.drop("bad.yaml", "hamud: 1\nmodel: small\nforget: {sample: [1]}\n")
    await house.witness.wait(for: .requestRefused)
    await house.quiet()
    try await house.stop()
    return road
  }

  private func report(_ road: Road, _ model: String? = nil) throws -> VerifyReport {
    try Verifier(places: road.places, model: model).run()
  }

  private func errors(_ road: Road) throws -> [String] {
    try report(road).json["findings"]?.elements?.filter { $0["severity"]?.stringValue == "error" }
      .compactMap { $0["where"]?.stringValue } ?? []
  }

  @Test func verify_ofASoundRoot_isWhole_withAndWithoutADaemon() async throws {
    let road = try await Self.lived()
    let alone = try report(road)
    #expect(alone.json["findings"]?.elements?.count == 0, "\(alone.json.text)")
    #expect(alone.code == .success)
    #expect(alone.json["versions"]?.integerValue == 3 && alone.json["receipts"]?.integerValue == 4)
    #expect(alone.json["unsigned_receipts"]?.integerValue == 0 && alone.json["unsigned_versions"]?.integerValue == 0)
    let house = try await Household(road)
    await house.witness.wait(for: .modelLoaded)
    #expect(try report(road).isWhole && report(road, Road.model).isWhole)
    #expect(throws: ControlError.self) { try report(road, "unknown") }
    try await house.stop()
  }

  @Test func verify_besideRunsThatPublish_neverCriesWolf() async throws {
    let road = try Road()
    let house = try await Household(road)
    let looking = Task { () -> (Int, [String]) in
      var (looks, wrong) = (0, [String]())
      while !Task.isCancelled {
        let report = try Verifier(places: road.places, model: nil).run()
        looks += 1
        if !report.isWhole { wrong.append(report.json.text) }
        await Task.yield()
      }
      return (looks, wrong)
    }
    for index in 0..<4 {
      try await house.submit(manifest("r\(index)", "subjects: [s-\(index)]", "priority: urgent"), as: "r\(index).yaml")
    }
    for index in 0..<4 { try await house.settled("r\(index)") }
    looking.cancel()
    let (looks, wrong) = try await looking.value
    print("verify beside a working daemon: \(looks) looks, \(wrong.count) false alarms")
    #expect(looks > 3)
    #expect(wrong == [])
    try await house.stop()
  }

  @Test func verify_besideAFirstStart_neverCriesWolf() async throws {
    var wrong: [String] = []
    for _ in 0..<12 {
      let road = try Road()
      let looking = Task { () -> [String] in
        var wrong: [String] = []
        while !Task.isCancelled {
          if try FileStatus.ifPresent(road.places.ledger) != nil {
            let report = try Verifier(places: road.places, model: nil).run()
            if !report.isWhole { wrong.append(report.json.text) }
          }
          await Task.yield()
        }
        return wrong
      }
      let house = try await Household(road)
      await house.witness.wait(for: .modelLoaded)
      looking.cancel()
      wrong += try await looking.value
      try await house.stop()
    }
    #expect(wrong == [])
  }

  @Test func verify_ofEveryDamageToARecord_findsAndNamesIt() async throws {
    let road = try await Self.lived()
    let places = road.places
    let versions = (1...3).map { Paths.join(places.model(Road.model), "versions/00000\($0)/hamud.json") }
    let ids = ["one", "two", "waits"]
    var small = ids.map(places.receipt) + ids.map(places.acceptedManifest) + [places.publicKeys]
    small += try DurableDirectory.list(places.rejected).map { Paths.join(places.rejected, $0) }
    var tally = Tally()
    let look = { try errors(road) }
    for path in small + versions {
      let sound = try DataFile.read(path, limit: 1 << 20)
      // A bit of each byte of receipts and manifests; of the records every byte is the room of versions' to prove.
      for byte in stride(from: 0, to: sound.count, by: versions.contains(path) ? 97 : 3) {
        var bytes = sound
        bytes[byte] ^= 1 << (byte % 8)
        try tally.damage("flips", path, bytes, sound, look)
      }
      for length in [0, 1, sound.count / 2, sound.count - 1] {
        try tally.damage("truncations", path, Array(sound[..<length]), sound, look)
      }
      try tally.damage("extensions", path, sound + [0x0a], sound, look)
      try tally.damage("deletions", path, nil, sound, look)
      for other in small + versions where other != path {
        let bytes = try DataFile.read(other, limit: 1 << 20)
        if bytes != sound { try tally.damage("replacements", path, bytes, sound, look) }
      }
    }
    print("root \(tally.summary)")
    #expect(tally.missed == [])
    #expect(try errors(road) == [])
  }

  private struct Tally {
    var kinds: [String: (made: Int, found: Int)] = [:]
    var missed: [String] = []

    var summary: String {
      let made = kinds.values.reduce(0) { $0 + $1.made }
      let found = kinds.values.reduce(0) { $0 + $1.found }
      let parts = kinds.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value.found)/\($0.value.made)" }
      return "damage: \(made) made, \(found) found (\(parts.joined(separator: ", ")))"
    }

    /// - Parameter bytes: nil removes the file.
    mutating func damage(
      _ kind: String, _ path: String, _ bytes: [UInt8]?, _ sound: [UInt8], _ look: () throws -> [String]
    ) throws {
      if let bytes { try VerifyTests.write(bytes, path) } else { _ = unlink(path) }
      let named = try look()
      try VerifyTests.write(sound, path)
      // A refused file and its receipt are known by each other alone.
      let partner = path.replacing(".receipt.yaml", with: ".yaml")
      let isFound = named.contains {
        [path, partner].contains($0.replacing(".receipt.yaml", with: ".yaml")) || $0 == path
      }
      kinds[kind, default: (0, 0)].made += 1
      if isFound { kinds[kind]?.found += 1 } else { missed.append("\(kind) of \(path): \(named)") }
    }
  }

  private static func write(_ bytes: [UInt8], _ path: String) throws {
    let file = open(path, O_WRONLY | O_TRUNC | O_CREAT, 0o640)
    defer { close(file) }
    guard file >= 0, bytes.withUnsafeBytes({ Glibc.write(file, $0.baseAddress, $0.count) }) == bytes.count else {
      throw Missing(what: path)
    }
  }

  // MARK: What contradicts

  @Test func verify_namesStrays_linksAndWhatTheLedgerDoesNotKnow() async throws {
    let road = try await Self.lived()
    let places = road.places
    for path in [
      Paths.join(places.receipts, "nobody.yaml"), Paths.join(places.accepted, "x"),
      Paths.join(places.rejected, "alone.000000000000.yaml"), Paths.join(places.models, "file"),
      Paths.join(places.model(Road.model), "versions/000002/extra"),
    ] {
      try DurableFile.publish("x", to: path)
      #expect(try errors(road) == [path])
      try DurableDirectory.removeFile(path)
    }
    try Permissions.setMode(0o644, of: places.signingKey)
    #expect(try errors(road) == [places.signingKey])
    try Permissions.setMode(0o600, of: places.signingKey)
    let other = VersionStore(directory: places.model("other"), model: "other")
    let candidate = try other.importDirectory(from: road.source("model"), number: 1)
    _ = try other.adopt(try other.seal(candidate, record: VersionRecord(model: "other", version: 1, created: "now")))
    #expect(try errors(road) == [places.model("other")])
    try DurableDirectory.removeTree(places.model("other"))
    #expect(try errors(road) == [])
  }

  @Test func verify_ofACopiedHeadThatTheChainDoesNotPass_namesIt() async throws {
    let road = try await Self.lived()
    let path = road.places.headCopy
    let sound = try DataFile.read(path, limit: 1 << 16)
    let text = String(decoding: sound, as: UTF8.self)
    let entries = try #require(JSONValue.parse(sound)["entries"]?.integerValue)
    let head = try #require(JSONValue.parse(sound)["head"]?.stringValue)
    let last = try #require(head.last)
    let flipped = Array(text.replacing(head, with: String(head.dropLast()) + (last == "0" ? "1" : "0")).utf8)
    let newer = Array(text.replacing(String(entries), with: String(entries + 1), maxReplacements: 1).utf8)
    for damaged in [flipped, newer, Array(sound.dropLast(9)), []] {
      try Self.write(damaged, path)
      #expect(try errors(road) == [path])
      #expect(try report(road, Road.model).code == .rejected)
    }
    try DurableDirectory.removeFile(path)
    #expect(try errors(road) == [path])
    // An older copy is none of a wrong ledger: the daemon writes it a moment after.
    let ledger = try Ledger(path: road.places.ledger)
    let earlier = try #require(ledger.auditEntries().dropLast(3).last)
    try ledger.close()
    let older = text.replacing(String(entries), with: String(earlier.sequence), maxReplacements: 1)
      .replacing(head, with: earlier.hash.description)
    try Self.write(Array(older.utf8), path)
    #expect(try errors(road) == [])
  }

  @Test func verify_withoutALedger_saysSo_andStillReadsTheVersions() async throws {
    let road = try await Self.lived()
    let path = Paths.join(places(road).model(Road.model), "versions/000002/config.json")
    for suffix in ["", "-wal", "-shm"] { _ = unlink(road.places.ledger + suffix) }
    try Self.write([0x7b, 0x7d], path)
    #expect(try errors(road) == [road.places.ledger, path])
  }

  private func places(_ road: Road) -> Places { road.places }

  @Test func verify_ofANewRoot_isWhole() throws {
    #expect(try report(try Road()).isWhole)
  }

  @Test func verify_ofReceiptsFromBeforeSigning_countsThem_andDoesNotCallThemForged() async throws {
    let road = try await Self.lived()
    // As a hamud without signatures left it: no key in the chain, receipts and records without a signature.
    let path = road.places.receipt("one")
    let signed = try DataFile.read(path, limit: 100_000)
    let parts = try #require(Receipt.signedParts(of: signed))
    try Self.write(parts.covered, path)
    // It was written when receipts were signed: somebody took the signature away.
    #expect(try errors(road) == [path])
    let ledger = try Ledger(path: road.places.ledger)
    #expect(try ledger.changedSinceSigning().count == 3)
    try ledger.close()
  }
}
