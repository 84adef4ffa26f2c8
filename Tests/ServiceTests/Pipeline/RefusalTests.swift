import Ledger
import Platform
import Requests
import Service
import Testing

/// What is refused, what is left, and what either leaves behind. Models are small and nothing runs.
@Suite(.timeLimit(.minutes(20))) struct RefusalTests {
  private let road: Road
  private let house: Household

  init() async throws {
    road = try Road()
    house = try await Household(road)
    await house.witness.wait(for: .modelLoaded)
  }

  private func refused(_ name: String, _ text: String) async throws -> Receipt {
    let count = house.witness.events(.requestRefused).count
    try await house.drop(name + ".yaml", text)
    await house.witness.wait(for: .requestRefused, count + 1)
    return try road.rejected(name)
  }

  @Test func refusals_sayWhereAndHowToMend() async throws {
    let unknown = try await refused("a", manifest("a", "samples: [1]", model: "smal"))
    #expect(unknown.reason == .unknownModel)
    #expect(unknown.detail == "3:8: unknown model \"smal\"; did you mean small? (configured: small)")
    let beside = try await refused("b", manifest("b", "samples: [1], classes: [0]"))
    #expect(beside.reason == .invalid && beside.detail?.contains("split it in two") == true)
    let none = try await refused("c", manifest("c", "samples: [240, \"p-900\", 7], subjects: [s-77]"))
    #expect(none.reason == .nothingSelected)
    #expect(none.detail?.split(separator: "\n").count == 3)
    #expect(none.detail?.contains("rows are 0 to 239") == true)
    #expect(none.state == .rejected && none.finishedAt != nil && none.request == nil)
    #expect(try house.ledger.requests(RequestFilter()).isEmpty)
    try await house.stop()
  }

  @Test func idSeenBefore_isAnsweredOrRefused_andTouchesNothing() async throws {
    let text = manifest("a", "samples: [1]")
    let first = try await house.submit(text)
    #expect(try await house.submit(text) == first)
    #expect(house.witness.events(.requestKnown).count == 1)
    let taken = try await refused("other", manifest("a", "samples: [2]"))
    #expect(taken.reason == .idTaken && taken.request == nil)
    #expect(taken.detail?.hasPrefix("2:5: the id") == true)
    #expect(try road.receipt("a") == first)
    // Not even a selection that means nothing any more, or a model that is gone, makes it another answer.
    try DurableDirectory.removeFile(road.configuration())
    try await house.call(.reload)
    #expect(try await house.submit(text).request == "a")
    try await house.stop()
  }

  @Test func whatIsKnown_isSaidOnceForEachUserAndHour() async throws {
    let clock = HandClock()
    let road = try Road()
    let patient = try await Household(road, clocks: clock.clocks)
    await patient.witness.wait(for: .modelLoaded)
    try await patient.call(.pause(model: Road.model, dryRun: false))
    for _ in 0..<5 {
      for id in ["a", "b"] { try await patient.submit(manifest(id, "samples: [1]")) }
    }
    #expect(patient.witness.events(.requestKnown).count == 1)
    clock.pass(.seconds(3600))
    #expect(try await patient.submit(manifest("b", "samples: [1]")).request == "b")
    #expect(patient.witness.events(.requestKnown).count == 2)
    try await patient.stop()
    try await house.stop()
  }

  @Test func whatIsNoFile_isRefusedUnread() async throws {
    let spool = road.places.incoming
    try Neighbour.makeFIFO("fifo.yaml", in: spool)
    try Neighbour.link("/etc/passwd", "link.yaml", in: spool)
    try DurableFile.publish(manifest("x", "samples: [1]"), to: road.source("two"))
    try Neighbour.hardLink(road.source("two"), "hard.yaml", in: spool)
    try DurableDirectory.make(spool + "/empty.yaml")
    try DurableDirectory.make(spool + "/full.yaml/inside", parents: true)
    await house.pipeline.note(.overflow)
    await house.witness.wait(for: .requestRefused, 5)
    for name in ["fifo", "link", "hard", "empty", "full"] {
      let receipt = try road.rejected(name)
      #expect(receipt.reason == .notAFile && receipt.digest == nil)
    }
    await house.pipeline.look()
    #expect(try DurableDirectory.list(spool) == ["full.yaml"])
    #expect(house.witness.events(.requestRefused).count == 5)
    #expect(try await house.call(.status)["left_alone"]?.integerValue == 1)
    #expect(try FileStatus.ifPresent(road.source("two")) != nil)
    try await house.stop()
  }

  @Test func tooLarge_isRefusedUnread_andStaysItsOwners() async throws {
    let bytes = [UInt8](repeating: UInt8(ascii: "#"), count: Limits.documentBytes + 1)
    let names = ["large.yaml", FileName(bytes: Array("not-".utf8) + [0xff] + Array(".yaml".utf8))]
    for name in names {
      try road.drop(name, bytes)
      await house.pipeline.note(.movedIn(name))
    }
    let dropped = try FileStatus.of(road.places.incoming + "/large.yaml")
    await house.witness.wait(for: .requestRefused, 2)
    await house.pipeline.look()
    let receipt = try road.rejected("large")
    #expect(receipt.reason == .tooLarge)
    #expect(receipt.detail?.contains("1048577 bytes, at most 1048576") == true)
    #expect(receipt.detail?.contains("left where you dropped it") == true)
    #expect(try DurableDirectory.list(road.places.rejected).allSatisfy { $0.hasSuffix(".receipt.yaml") })
    #expect(try Set(DurableDirectory.fileNames(road.places.incoming)) == Set(names))
    #expect(try FileStatus.of(road.places.incoming + "/large.yaml") == dropped)
    // Whoever still writes to it is not told again of each pause, and whoever puts a better one in its place is heard.
    try Neighbour.write("#", to: road.places.incoming + "/large.yaml")
    await house.pipeline.note(.closed("large.yaml"))
    await house.quiet()
    #expect(house.witness.events(.requestRefused).count == 2)
    #expect(try await house.call(.status)["left_alone"]?.integerValue == 2)
    try await house.drop("large.yaml", manifest("large", "samples: [1]"))
    await house.witness.wait(for: .requestAccepted)
    #expect(try DurableDirectory.fileNames(road.places.incoming) == [names[1]])
    try await house.stop()
  }

  @Test func filesOfTwoUsers_ofOneNameAndContent_haveAnAnswerEach() async throws {
    guard Accounts.effectiveUser == 0 else { return print("SKIPPED: files of several users (not root)") }
    let large = [UInt8](repeating: UInt8(ascii: "#"), count: Limits.documentBytes + 1)
    for (count, owner) in [UInt32(64_001), 64_002].enumerated() {
      try road.drop("same.yaml", Array("hamud: 2".utf8), owner: owner)
      try road.drop("large.yaml", large, owner: owner)
      for name: FileName in ["same.yaml", "large.yaml"] { await house.pipeline.note(.movedIn(name)) }
      await house.witness.wait(for: .requestRefused, 2 * count + 2)
    }
    for name in ["same", "large"] {
      #expect(try road.rejected(name).submittedBy == "64001")
      #expect(try road.rejected(name + "+64002").submittedBy == "64002")
    }
    // Whoever drops the same again finds the answer where the first one was.
    try road.drop("same.yaml", Array("hamud: 2".utf8), owner: 64_002)
    await house.pipeline.note(.movedIn("same.yaml"))
    await house.witness.wait(for: .requestRefused, 5)
    #expect(try DurableDirectory.list(road.places.rejected).count == 6)
    try await house.stop()
  }

  @Test func whatFailsAtEveryLook_isSaidOnceAnHour_andHoldsUpNoOther() async throws {
    let clock = HandClock()
    let road = try Road()
    let house = try await Household(road, clocks: clock.clocks)
    await house.witness.wait(for: .modelLoaded)
    // No refusal can be written there.
    _ = try DurableDirectory.removeTree(road.places.rejected)
    try DurableFile.publish("", to: road.places.rejected)
    for name in ["a.yaml", "b.yaml"] { try await house.drop(name, "hamud: 2") }
    try await house.drop("good.yaml", manifest("good", "samples: [1]"))
    await house.witness.wait(for: .requestAccepted)
    await house.quiet()
    #expect(house.witness.events(.trouble).count == 1)
    let said = house.witness.events(.trouble).first?.entry.message
    clock.pass(.seconds(3600))
    await house.quiet()
    // (The hourly look for what is past its time cannot list it either.)
    #expect(house.witness.events(.trouble).filter { $0.entry.message == said }.count == 2)
    #expect(try DurableDirectory.list(road.places.incoming) == ["a.yaml", "b.yaml"])
    try await house.stop()
    try await self.house.stop()
  }

  /// A dropped file is answered by what its owner finds in `rejected/`, or does not.
  @Test func whoGuessesAnothersManifest_isAnsweredAsOneWhoGuessesWrong() async throws {
    let (alice, bob): (UInt32, UInt32) = (64_001, 64_002)
    let drop = { (name: String, text: String, owner: UInt32) in
      try road.drop(name, text)
      let isTheirs = Neighbour.give(Paths.join(road.places.incoming, name), to: owner)
      await house.pipeline.note(.movedIn(FileName(name)))
      return isTheirs
    }
    let text = manifest("hers", "samples: [1]")
    guard try await drop("hers.yaml", text, alice) else {
      print("SKIPPED: files of other users")
      return try await house.stop()
    }
    await house.witness.wait(for: .requestAccepted)
    _ = try await drop("wrong.yaml", manifest("hers", "samples: [2]"), bob)
    await house.witness.wait(for: .requestRefused)
    _ = try await drop("right.yaml", text, bob)
    await house.witness.wait(for: .requestRefused, 2)
    let (right, wrong) = (try road.rejected("right"), try road.rejected("wrong"))
    #expect(right.reason == .idTaken && right.reason == wrong.reason && right.detail == wrong.detail)
    #expect(house.witness.events(.requestKnown).isEmpty)
    // She, and whoever runs the daemon, are told that it is known.
    for (owner, times) in [(alice, 1), (Accounts.effectiveUser, 2)] {
      _ = try await drop("again-\(owner).yaml", text, owner)
      await house.witness.wait(for: .requestKnown, times)
    }
    #expect(house.witness.events(.requestRefused).count == 2)
    try await house.stop()
  }

  @Test func hostileNames_areEscaped_andStayOutOfTheJournal() async throws {
    let planted = "Mallory Planted"
    let names = [
      "\(planted)\n.yaml", "..evil.yaml", "-rf.yaml", "%2e%2e.yaml", String(repeating: "ä", count: 120) + ".yaml",
      "ü.json",
    ]
    for name in names {
      try road.drop(name, "hamud: 2 # \(name.utf8.count)")
      await house.pipeline.note(.movedIn(FileName(name)))
    }
    await house.witness.wait(for: .requestRefused, names.count - 1)
    await house.pipeline.look()
    // One begins with a dot and is left alone.
    #expect(house.witness.events(.requestRefused).count == names.count - 1)
    #expect(try await house.call(.status)["left_alone"]?.integerValue == 1)
    for name in try DurableDirectory.fileNames(road.places.rejected) {
      #expect(name.bytes.allSatisfy { $0 > 0x20 && $0 < 0x7f } && name.bytes.count <= 255 && !name.startsWithDot)
    }
    for event in house.witness.events { #expect(!event.entry.line.contains("Planted")) }
    try await house.stop()
  }

  @Test func leftAlone_countsWhatIsNoManifest() async throws {
    try road.drop("notes.txt", "hello")
    try road.drop(".hidden.yaml", manifest("h", "samples: [1]"))
    try road.drop("README", "hello")
    await house.pipeline.look()
    #expect(try await house.call(.status)["left_alone"]?.integerValue == 3)
    #expect(try DurableDirectory.list(road.places.incoming).count == 3)
    try await house.stop()
    #expect(try OfflineReader(places: road.places).status()["left_alone"]?.integerValue == 3)
  }

  @Test func fileThatIsStillWritten_isNotTakenUp() async throws {
    let path = road.places.incoming + "/slow.yaml"
    try Neighbour.write("hamud: 1\nmodel: small\n", to: path)
    await house.pipeline.look()
    #expect(house.witness.events(.requestRefused).isEmpty)
    try Neighbour.write("forget: {samples: [5]}\n", to: path)
    await house.pipeline.note(.closed("slow.yaml"))
    await house.witness.wait(for: .requestAccepted)
    #expect(try await house.show("slow").rows == 1)
    try await house.stop()
  }
}
