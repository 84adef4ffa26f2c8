import Checkpoints
import Ledger
import Platform
import Requests
import Service
import Testing

/// Versions that still remember go when their time is over or a person says so, and nothing of them is left.
@Suite(.timeLimit(.minutes(20))) struct PurgeTests {
  private static func settings(keep: Int, after: String) -> String {
    Road.usual + "\nretention: {keep: \(keep), purge_after: \(after)}\n"
  }

  /// Two requests served: versions 1, 2 and 3, of which 1 and 2 still remember.
  private func lived(_ road: Road) async throws -> Household {
    let house = try await Household(road)
    try await house.submit(manifest("one", "subjects: [s-3]", "priority: urgent"), as: "one.yaml")
    try await house.settled("one")
    try await house.submit(manifest("two", "subjects: [s-1]", "priority: urgent"), as: "two.yaml")
    try await house.settled("two")
    await house.quiet()
    return house
  }

  private func isWhole(_ road: Road) throws -> [JSONValue] {
    try Verifier(places: road.places, model: nil).run().json["findings"]?.elements ?? []
  }

  private func purge(
    _ house: Household, now: Bool = false, despiteReaders: Bool = false, dryRun: Bool = false
  ) async throws -> [String] {
    let answer = try await house.call(
      .purge(model: Road.model, now: now, despiteReaders: despiteReaders, dryRun: dryRun))
    return (answer["versions"]?.elements ?? []).map {
      "\($0["version"]?.integerValue ?? 0) \($0["state"]?.stringValue ?? "")"
    }
  }

  @Test func keep_purgesWhatIsReplacedOnceTooOften_andTheReceiptSaysSo() async throws {
    let road = try Road(Self.settings(keep: 1, after: "7d"))
    let house = try await lived(road)
    await house.witness.wait(for: .versionPurged)
    #expect(road.versions == [2, 3])
    let event = try #require(house.witness.events(.versionPurged).first)
    #expect(event.entry.fields.filter { $0.name == "HAMUD_REQUEST_ID" }.map(\.value) == ["one", "two"])
    // On disk, signed anew; version 1 remembered the rows of both.
    #expect(try road.receipt("one").purged.map(\.version) == [1])
    #expect(try road.receipt("two").purged.map(\.version) == [1])
    let entry = try #require(try house.ledger.versions(of: Road.model).first)
    #expect(entry.purgedAt != nil)
    #expect(try isWhole(road) == [])
    try await house.stop()
  }

  @Test func purgeAfter_ofNoTime_purgesEveryReplacedVersion() async throws {
    let road = try Road(Self.settings(keep: 5, after: "0s"))
    let house = try await lived(road)
    await house.witness.wait(for: .versionPurged, 2)
    #expect(road.versions == [3])
    #expect(try road.receipt("one").purged.map(\.version) == [1])
    // Version 1 was gone before the second request came.
    #expect(try road.receipt("two").purged.map(\.version) == [2])
    #expect(try isWhole(road) == [])
    try await house.stop()
  }

  @Test func command_purgesWhatIsDue_andWithNowAll() async throws {
    let road = try Road(Self.settings(keep: 5, after: "7d"))
    let house = try await lived(road)
    #expect(try await purge(house) == [])
    #expect(try await purge(house, now: true, dryRun: true) == ["1 would be purged", "2 would be purged"])
    #expect(road.versions == [1, 2, 3])
    #expect(try await purge(house, now: true) == ["1 purged", "2 purged"])
    #expect(road.versions == [3])
    #expect(try await purge(house, now: true) == [])
    #expect(await house.refusal(.purge(model: "unknown", now: true, despiteReaders: false, dryRun: false)) != nil)
    #expect(try isWhole(road) == [])
    try await house.stop()
  }

  @Test func lease_isWaitedFor_saidOnce_andHoldsUpNothingElse() async throws {
    let road = try Road(Self.settings(keep: 5, after: "7d"))
    let house = try await lived(road)
    do {
      let lease = try #require(try DirectoryLease.shared(road.store.place(of: 1)))
      #expect(try await purge(house, now: true) == ["1 waits", "2 purged"])
      await house.quiet()
      #expect(road.versions == [1, 3])
      #expect(house.witness.events(.purgeWaits).count == 1)
      #expect(try road.receipt("one").purged == [])
      #expect(try isWhole(road) == [])
      // The run that comes meanwhile does not wait for a reader of an old version.
      try await house.submit(manifest("three", "subjects: [s-5]", "priority: urgent"), as: "three.yaml")
      #expect(try await house.settled("three").state == .forgotten)
      withExtendedLifetime(lease) {}
    }
    await house.quiet()
    #expect(road.versions == [3, 4])
    #expect(try road.receipt("one").purged.map(\.version) == [1])
    try await house.stop()
  }

  @Test func lease_whenNobodyWaitsForIt_isNoHindrance_andItsReaderIsLeftWithNothing() async throws {
    let road = try Road(Self.settings(keep: 5, after: "7d"))
    let house = try await lived(road)
    let lease = try #require(try DirectoryLease.shared(road.store.place(of: 1)))
    let reader = try DataFile(path: Paths.join(road.store.place(of: 1), "model.safetensors"))
    #expect(try await purge(house, despiteReaders: true) == ["1 purged", "2 purged"])
    #expect(try reader.currentIdentity().size == 0)
    #expect(road.versions == [3])
    withExtendedLifetime(lease) {}
    try await house.stop()
  }

  @Test func recordThatTheDiskCannotRead_isTold_andKeepsNoVersion() async throws {
    let road = try Road(Self.settings(keep: 5, after: "7d"))
    let house = try await lived(road)
    // Reading there fails with EIO.
    try DurableDirectory.swapSymlink(
      at: Paths.join(road.store.place(of: 1), "hamud.json"), to: "/proc/self/mem")
    #expect(try await purge(house, now: true) == ["1 purged", "2 purged"])
    #expect(house.witness.events(.trouble).contains { $0.entry.message.contains("000001/hamud.json") })
    #expect(road.versions == [3])
    try await house.stop()
  }

  @Test func crashAnywhere_isMendedAtTheNextStart_once() async throws {
    for point in 0..<4 {
      let road = try Road(Self.settings(keep: 5, after: "7d"))
      let house = try await lived(road)
      try await house.stop()
      let ledger = try Ledger(path: road.places.ledger)
      let record = try DataFile.read(Paths.join(road.store.place(of: 1), "hamud.json"), limit: 1 << 20)
      // After the note; after the rename; in the middle of the removal; after it.
      try ledger.beginPurge(PurgeOrder(Road.model, 1, .person, record: record), at: WallClock.now)
      let doomed = Paths.join(places(road).model(Road.model), "purging/000001")
      if point >= 1 {
        try DurableDirectory.make(Paths.parent(of: doomed))
        try DurableDirectory.rename(road.store.place(of: 1), to: doomed)
      }
      if point >= 2 { try DurableDirectory.removeFile(Paths.join(doomed, "model.safetensors")) }
      if point >= 3 { try DurableDirectory.removeTree(doomed) }
      try ledger.close()
      let errors = try isWhole(road).filter { $0["severity"]?.stringValue == "error" }
      #expect(errors == [], "\(point)")
      for _ in 0..<2 {
        let next = try await Household(road)
        await next.witness.wait(for: .modelLoaded)
        await next.quiet()
        #expect(try next.ledger.purgedVersions(of: Road.model) == [1])
        try await next.stop()
      }
      #expect(road.versions == [2, 3])
      #expect(try DurableDirectory.list(Paths.parent(of: doomed)) == [])
      #expect(try road.receipt("one").purged.map(\.version) == [1])
      #expect(try isWhole(road) == [])
      let audit = try Ledger(readOnly: road.places.ledger)
      #expect(try audit.verifyContents().problems == [])
    }
  }

  private func places(_ road: Road) -> Places { road.places }

  @Test func purgedVersion_thatSomebodyBringsBack_isFound_andGoesAgain() async throws {
    let road = try Road(Self.settings(keep: 5, after: "7d"))
    let house = try await lived(road)
    let source = road.store.place(of: 1)
    let copies = try DurableDirectory.list(source).map {
      ($0, try DataFile.read(Paths.join(source, $0), limit: 1 << 20))
    }
    _ = try await purge(house, now: true)
    try await house.stop()
    try DurableDirectory.make(source)
    for (name, bytes) in copies { try DurableFile.publish(bytes, to: Paths.join(source, name)) }
    #expect(try isWhole(road).compactMap { $0["where"]?.stringValue } == [source])
    let next = try await Household(road)
    await next.witness.wait(for: .versionPurged)
    #expect(next.witness.events(.versionPurged).first?.entry.priority == .warning)
    #expect(road.versions == [3])
    #expect(try isWhole(road) == [])
    try await next.stop()
  }

  @Test func purgedWeights_areInNoFileBelowTheRoot() async throws {
    let road = try Road(Self.settings(keep: 5, after: "7d"))
    let house = try await lived(road)
    // A stretch of each version's own numbers, long enough to be nobody else's: layer 1's first rows.
    let markers = try (1...2).map { number in
      let bytes = try DataFile.read(Paths.join(road.store.place(of: number), "model.safetensors"), limit: 1 << 24)
      return Array(bytes[(bytes.count - 64)...])
    }
    #expect(try Search.files(holding: markers[1], below: road.places.state).count == 1)
    _ = try await purge(house, now: true)
    try await house.stop()
    for marker in markers { #expect(try Search.files(holding: marker, below: road.places.state) == []) }
  }
}

/// Files that hold some bytes.
private enum Search {
  static func files(holding marker: [UInt8], below path: String) throws -> [String] {
    var found: [String] = []
    for name in try DurableDirectory.list(path) {
      let inner = Paths.join(path, name)
      switch try FileStatus.of(inner, followingLinks: false).kind {
      case .directory: found += try files(holding: marker, below: inner)
      case .file: if try holds(DataFile.read(inner, limit: 1 << 26), marker) { found.append(inner) }
      default: continue
      }
    }
    return found
  }

  private static func holds(_ bytes: [UInt8], _ marker: [UInt8]) -> Bool {
    guard bytes.count >= marker.count, let first = marker.first else { return false }
    return (0...bytes.count - marker.count).contains { start in
      bytes[start] == first && bytes[start..<start + marker.count].elementsEqual(marker)
    }
  }
}
