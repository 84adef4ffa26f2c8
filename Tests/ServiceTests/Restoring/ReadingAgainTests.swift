import Ledger
import Platform
import Requests
import Service
import Testing

/// A backup holds no ACLs: whoever asked may read their answers again, and nobody else's.
@Suite(.timeLimit(.minutes(20))) struct ReadingAgainTests {
  /// More than are let read at one look, and the next ones too.
  private static let count = 1010
  private static let atOnce = 500
  /// Of these the receipt, or the manifest, is of other content than the ledger's request.
  private static let (strangeReceipts, strangeManifests): (Set<Int>, Set<Int>) = ([7, 508], [8, 509])
  /// Whoever runs the daemon owns the files.
  private static let own = 9

  private static func submitter(_ number: Int) -> UInt32 {
    number == own ? Accounts.effectiveUser : 64_001 + UInt32(number % 3)
  }

  /// As cp makes it, which waits for no disk.
  private func write(_ text: String, to path: String) throws {
    try Neighbour.write(text, to: path)
    try Permissions.setMode(0o600, of: path)
  }

  /// Requests of a model that nobody opens. Their receipts say more than the ledger does, so that none of them is
  /// written anew.
  private func hand(_ house: Household) throws {
    let places = house.road.places
    for number in 0..<Self.count {
      let (id, uid) = ("r\(number)", Self.submitter(number))
      let text = manifest(id, "samples: [\(number)]", model: "gone")
      try house.acceptUnresolved(text, by: Submitter(uid: uid, name: "\(uid)"), isConfigured: false)
      var receipt = Receipt(state: .forgotten, request: id)
      receipt.digest = SHA256Digest.of(Self.strangeReceipts.contains(number) ? "another" : text).description
      receipt.submittedBy = "\(uid)"
      try write(receipt.yaml, to: places.receipt(id))
      try write(Self.strangeManifests.contains(number) ? text + "# another\n" : text, to: places.acceptedManifest(id))
    }
  }

  /// Those whose receipt or manifest is not readable by exactly whom it should be when so many were let read.
  private func wrong(_ road: Road, _ done: Int) throws -> [Int] {
    try (0..<Self.count).filter { number in
      let hers = number < done && number != Self.own ? [Self.submitter(number)] : []
      let receipt = try AccessList.readers(of: road.places.receipt("r\(number)"))
      let manifest = try AccessList.readers(of: road.places.acceptedManifest("r\(number)"))
      return receipt != (Self.strangeReceipts.contains(number) ? [] : hers)
        || manifest != (Self.strangeManifests.contains(number) ? [] : hers)
    }
  }

  private func hasAccessLists(_ road: Road) throws -> Bool {
    let path = road.source("list")
    try Neighbour.write("", to: path)
    return try Permissions.grantRead(of: path, to: Self.submitter(0)) == .granted
  }

  @Test func submitters_areLetReadWhatIsTheirs_someAtATime() async throws {
    let road = try Road()
    guard try hasAccessLists(road) else { return print("SKIPPED: receipts with access lists") }
    let first = try await Household(road)
    await first.witness.wait(for: .modelLoaded)
    try await first.stop()
    // Nobody can tell any more whether the ledger is the one that it was.
    try DurableDirectory.removeFile(road.places.headCopy)
    let house = try await Household(road, looks: false, isPrivate: false)
    try hand(house)
    #expect(try wrong(road, 0) == [])
    for done in [Self.atOnce, 2 * Self.atOnce, Self.count, Self.count] {
      await house.pipeline.look()
      #expect(try wrong(road, done) == [])
    }
    #expect(house.witness.events(.restoredBackup).count == 1)
    #expect(house.witness.events(.trouble).isEmpty && house.witness.events(.ledgerTrouble).isEmpty)
    try await house.stop()
  }
}
