import Platform
import Service

// A ledger of an earlier day, or none.
extension Road {
  /// One request was served (version 2) and the ledger copied; another was served after that (version 3), and a third waits.
  static func servedSinceACopy() async throws -> Road {
    let road = try Road()
    let house = try await Household(road)
    try await house.submit(manifest("one", "subjects: [s-3]", "priority: urgent"))
    try await house.settled("one")
    try await house.stop()
    try road.copyLedger()
    let later = try await Household(road)
    try await later.submit(manifest("two", "subjects: [s-7]", "priority: urgent"))
    try await later.settled("two")
    try await later.submit(manifest("three", "samples: [50]"))
    try await later.stop()
    return road
  }

  private static let ledgerFiles = ["ledger.sqlite", "ledger.sqlite-wal"]

  /// Of a daemon that was stopped.
  func copyLedger() throws {
    for name in Self.ledgerFiles {
      try DurableFile.copy(try DataFile(path: Paths.join(places.state, name)), to: Paths.join(root, "old-" + name))
    }
  }

  func bringLedgerBack() throws {
    for name in Self.ledgerFiles {
      try DurableFile.copy(try DataFile(path: Paths.join(root, "old-" + name)), to: Paths.join(places.state, name))
    }
    _ = try DurableDirectory.removeFile(Paths.join(places.state, "ledger.sqlite-shm"))
  }

  func loseLedger() throws {
    for name in Self.ledgerFiles + ["ledger.sqlite-shm"] {
      _ = try DurableDirectory.removeFile(Paths.join(places.state, name))
    }
  }

  /// What `current` names.
  func current() throws -> String? { try DurableDirectory.target(ofLink: places.model(Road.model) + "/current") }
}
