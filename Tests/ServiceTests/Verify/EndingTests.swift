import Ledger
import Platform
import Requests
import Service
import Testing

/// What ends its time is removed first and noted then: `verify` takes nothing of that for damage, and nothing else for that.
@Suite(.timeLimit(.minutes(20))) struct EndingTests {
  private let road: Road
  private var places: Places { road.places }

  init() throws { road = try Road() }

  /// One request served, one that waits, one refused file.
  private func live(_ clocks: Clocks = .system) async throws {
    let house = try await Household(road, clocks: clocks)
    try await house.submit(manifest("one", "subjects: [s-3]", "priority: urgent"))
    try await house.settled("one")
    try await house.submit(manifest("waits", "samples: [17]"))
    try await house.drop("bad.yaml", "hamud: 1\nmodel: small\nforget: {sample: [1]}\n")
    await house.witness.wait(for: .requestRefused)
    await house.quiet()
    try await house.stop()
  }

  private func findings(_ severity: String) throws -> [String] {
    try Verifier(places: places, model: nil).run().json["findings"]?.elements?
      .filter { $0["severity"]?.stringValue == severity }.compactMap { $0["where"]?.stringValue } ?? []
  }

  private func keep(_ time: String) throws {
    try DurableFile.publish("keep: {manifests: \(time), receipts: \(time)}\n", to: places.settingsFile)
  }

  /// As after a kill between the removal and the ledger's note.
  @Test func filesThatAreGoneAndDue_areNoDamage() async throws {
    try await live()
    let ending = [places.receipt("one"), places.acceptedManifest("one")]
    for path in ending { #expect(try DurableDirectory.removeFile(path)) }
    #expect(try findings("error") == ending)
    try keep("1ms")
    #expect(try findings("error") == [])
    #expect(try findings("note") == ending)
    // What waits is not due, and what is there and damaged does not end by itself.
    #expect(try DurableDirectory.removeFile(places.acceptedManifest("waits")))
    try DurableFile.publish("x", to: places.receipt("one"))
    #expect(Set(try findings("error")) == [places.acceptedManifest("waits"), places.receipt("one")])
  }

  @Test func refusedFileWhoseReceiptWentBeforeIt_isNoDamage_whenItsTimeIsOver() async throws {
    try await live()
    let names = try DurableDirectory.list(places.rejected)
    let receipt = try #require(names.first { $0.hasSuffix(".receipt.yaml") })
    let refused = try #require(names.first { !$0.hasSuffix(".receipt.yaml") })
    #expect(try DurableDirectory.removeFile(Paths.join(places.rejected, receipt)))
    #expect(try findings("error") == [Paths.join(places.rejected, refused)])
    try keep("1ms")
    #expect(try findings("error") == [])
    #expect(try findings("note") == [Paths.join(places.rejected, refused)])
  }

  @Test func manifestThatComesBackAfterItsTime_isFound_andGoesAgain() async throws {
    let path = places.acceptedManifest("one")
    let clock = HandClock()
    try await live(clock.clocks)
    let bytes = try DataFile.read(path, limit: Limits.documentBytes)
    let ledger = try Ledger(path: places.ledger)
    #expect(try DurableDirectory.removeFile(path))
    try ledger.expireManifests([try #require(RequestID("one"))], at: WallClock.now)
    try ledger.close()
    #expect(try findings("error") == [])
    try DurableFile.publish(bytes, to: path)
    #expect(try findings("error") == [path])
    let house = try await Household(road, clocks: clock.clocks)
    await house.witness.wait(for: .modelLoaded)
    await house.quiet()
    #expect(try FileStatus.ifPresent(path) == nil)
    #expect(try FileStatus.ifPresent(places.acceptedManifest("waits")) != nil)
    // And while it runs, within the hour.
    try DurableFile.publish(bytes, to: path)
    clock.pass(.seconds(3600))
    await house.quiet()
    #expect(try FileStatus.ifPresent(path) == nil)
    #expect(try findings("error") == [])
    try await house.stop()
  }

  @Test func verify_besideRefusals_neverCriesWolf() async throws {
    let house = try await Household(road)
    await house.witness.wait(for: .modelLoaded)
    let places = places
    let looking = Task { () -> [String] in
      var wrong: [String] = []
      while !Task.isCancelled {
        let report = try Verifier(places: places, model: nil).run()
        if !report.isWhole { wrong.append(report.json.text) }
        await Task.yield()
      }
      return wrong
    }
    for index in 0..<60 {
      try await house.drop("bad-\(index).yaml", "hamud: 1\nmodel: small\nforget: {sample: [\(index)]}\n")
      await house.pipeline.look()
    }
    looking.cancel()
    #expect(try await looking.value == [])
    try await house.stop()
  }
}
