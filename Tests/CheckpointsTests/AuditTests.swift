import Checkpoints
import Glibc
import Platform
import Testing

/// Whatever is done to a store, an audit finds it and names it.
@Suite struct AuditTests {
  /// Three versions, each made from the one before, signed; and a paused run.
  private struct Rig {
    let scratch: Scratch
    let store: VersionStore
    let key: SigningKey
    var expected = StoreExpectation(versions: [], current: 3)

    init(signedFrom: Int = 1) throws {
      scratch = try Scratch()
      key = try SigningKey.make()
      let source = try SampleModel.write(in: scratch)
      try scratch.write((0..<40_000).map { UInt8(truncatingIfNeeded: $0 * $0 / 7) }, to: "model/vocab.txt")
      store = scratch.store
      for number in 1...3 {
        let candidate =
          number == 1 ? try store.importDirectory(from: source, number: 1) : try Self.next(number, in: store)
        let record = scratch.record(number, parent: number == 1 ? nil : number - 1)
        let version = try store.adopt(
          try store.seal(candidate, record: record, key: number >= signedFrom ? key : nil))
        try store.makeCurrent(number)
        expected.versions?.append(
          .init(number: number, parent: record.parent, batch: nil, record: version.recordDigest))
      }
      expected.keys = [key.verifying]
      expected.openBatches = [17]
      let progress = RunProgress(
        key: .init(batch: 17, parent: 3, parentRecord: "sha256:0", settingsDigest: "sha256:1"), state: "{}",
        arrays: [TensorArray("w", .float32(SampleModel.ramp(40, from: 1)))])
      try RunProgressFile.save(progress, to: store.progressPath(batch: 17))
      try DurableDirectory.make(scratch.path("aside"))
    }

    private static func next(_ number: Int, in store: VersionStore) throws -> VersionStore.Candidate {
      let parent = try store.open(number - 1)
      let weights = try WeightMap.map(try parent.open(), trainable: SampleModel.trains)
      for tensor in weights.trainable { tensor.withMutableFloats { $0[0] += Float(number) } }
      return try store.writeCandidate(number: number, from: parent, weights: weights)
    }

    var errors: [AuditFinding] { store.audit(expected).findings.filter { $0.severity == .error } }

    func vandal() -> Vandal { Vandal(aside: scratch.path("aside")) { store.audit(expected).findings } }

    var files: [String] {
      get throws {
        let versions = (1...3).map { Paths.join(store.directory, "versions/00000\($0)") }
        let names = try versions.flatMap { path in try DurableDirectory.list(path).map { Paths.join(path, $0) } }
        return names + [store.progressPath(batch: 17)]
      }
    }
  }

  /// What an older ledger goes on serving without knowing it is nobody's to move away, whatever came after it.
  @Test func unknownVersion_thatIsServed_isNoDamage() throws {
    var rig = try Rig()
    rig.expected.versions?.removeAll { $0.number == 2 }
    rig.expected.current = 2
    try rig.store.makeCurrent(2)
    #expect(rig.errors.isEmpty)
    let notes = rig.store.audit(rig.expected).findings.filter { $0.problem.contains("it is served") }
    #expect(notes.count == 1 && notes.first?.mend.hasPrefix("nothing") == true)
    rig.expected.current = 3
    try rig.store.makeCurrent(3)
    #expect(rig.errors.count == 1)
    rig.scratch.remove()
  }

  /// Between the ledger's commit and the link; later it is damage.
  @Test func firstVersion_whoseLinkIsAboutToBeMade_isNoDamage() throws {
    let scratch = try Scratch()
    let store = scratch.store
    let candidate = try store.importDirectory(from: try SampleModel.write(in: scratch), number: 1)
    let version = try store.adopt(try store.seal(candidate, record: scratch.record(1, parent: nil), key: nil))
    var expected = StoreExpectation(
      versions: [.init(number: 1, parent: nil, batch: nil, record: version.recordDigest)], current: 1)
    #expect(store.audit(expected).findings.contains { $0.severity == .error })
    expected.isFresh = true
    #expect(store.audit(expected).findings.map(\.severity) == [.note])
  }

  @Test func audit_ofASoundStore_findsNothing_andSaysWhatItRead() throws {
    let rig = try Rig()
    defer { rig.scratch.remove() }
    let report = rig.store.audit(rig.expected)
    #expect(report.findings == [] && report.unsigned == [])
    #expect(report.records.keys.sorted() == [1, 2, 3] && report.files == 13)
    #expect(report.bytes > 120_000)
  }

  @Test func audit_ofEveryDamage_findsAndNamesIt() throws {
    let rig = try Rig()
    defer { rig.scratch.remove() }
    let vandal = rig.vandal()
    let files = try rig.files
    for path in files {
      let size = try Vandal.read(path).count
      // Every byte of the small ones with a bit each, and every bit of the smallest; samples of the large one.
      if size > 10_000 {
        var generator = SeededGenerator(seed: 6)
        for _ in 0..<150 { try vandal.flip(path, bit: Int.random(in: 0..<size * 8, using: &generator)) }
        for bit in [0, 7, size * 8 - 8, size * 8 - 1] { try vandal.flip(path, bit: bit) }
      } else {
        for bit in stride(from: 0, to: size * 8, by: size < 200 ? 1 : 9) { try vandal.flip(path, bit: bit) }
      }
      if size < 10_000 { try vandal.resize(path) }
      if path != rig.store.progressPath(batch: 17) { try vandal.delete(path) }
    }
    for (index, first) in files.enumerated() {
      for second in files[(index + 1)...] { try vandal.swap(first, second) }
    }
    print("store \(vandal.summary)")
    #expect(vandal.missed == [])
    #expect(vandal.made > 3000 && vandal.made == vandal.found)
    #expect(rig.errors == [])
  }

  @Test func audit_ofDirectoriesAndLinks_namesWhatIsWrong() throws {
    let rig = try Rig()
    defer { rig.scratch.remove() }
    let vandal = rig.vandal()
    let root = rig.store.directory
    func path(_ name: String) -> String { Paths.join(root, name) }
    for (one, other) in [(1, 2), (1, 3), (2, 3)] {
      let pair = (path("versions/00000\(one)"), path("versions/00000\(other)"))
      let exchange = { try Vandal.exchange(pair.0, pair.1) }
      try vandal.damage("directory swaps", "\(pair)", at: [pair.0, pair.1], exchange, repair: exchange)
    }
    for name in ["versions", "versions/000001", "versions/000002", "versions/000003", "current"] {
      try vandal.delete(path(name))
    }
    for target in [
      "versions/000001", "versions/000002", "versions/000004", "versions/3", path("versions/000003"),
      "./versions/000003", "versions/000003/", "", "current",
    ] {
      let make = {
        _ = unlink(path("current"))
        // An empty target is no link at all: then nothing is there.
        _ = symlink(target, path("current"))
      }
      try vandal.damage("links", target, at: [path("current")], make) { try rig.store.makeCurrent(3) }
    }
    try stray(rig, vandal)
    try replace(rig, vandal)
    print("places \(vandal.summary)")
    #expect(vandal.missed == [])
    #expect(rig.errors == [])
  }

  /// What belongs to nobody, in every directory.
  private func stray(_ rig: Rig, _ vandal: Vandal) throws {
    func path(_ name: String) -> String { Paths.join(rig.store.directory, name) }
    let strays: [(FileName, String)] = [
      ("extra.bin", "file"), (".nfs0001", "hidden file"), (FileName(bytes: [0xff, 0x41]), "name that is no text"),
      ("config.json~", "backup file"),
    ]
    for directory in ["", "versions", "versions/000001", "versions/000003", "progress"] {
      for (name, what) in strays {
        let place = path(Paths.join(directory, name.readable))
        let make = { Self.make(name, in: path(directory)) }
        try vandal.damage("strays", "\(what) in \(directory)", at: [place], make) {
          Self.unmake(name, in: path(directory))
        }
      }
    }
  }

  /// Links and pipes in the place of files; opening them must neither follow nor hang.
  private func replace(_ rig: Rig, _ vandal: Vandal) throws {
    for path in try rig.files {
      let kept = rig.scratch.path("aside/kept")
      let put: [(String, () -> Int32)] = [
        ("link", { symlink(kept, path) }), ("pipe", { mkfifo(path, 0o600) }), ("directory", { mkdir(path, 0o700) }),
      ]
      for (what, make) in put where path.hasSuffix(".json") || path.hasSuffix("000003/model.safetensors") {
        try vandal.damage(
          "other kinds", "\(what) for \(path)", at: [path],
          {
            _ = Vandal.rename(path, kept)
            #expect(make() == 0)
          },
          repair: {
            _ = Glibc.remove(path)
            _ = Vandal.rename(kept, path)
          })
      }
    }
  }

  private static func make(_ name: FileName, in directory: String) {
    _ = withPath(name, directory) { close(open($0, O_WRONLY | O_CREAT, 0o600)) }
  }

  private static func unmake(_ name: FileName, in directory: String) { _ = withPath(name, directory) { unlink($0) } }

  private static func withPath(_ name: FileName, _ directory: String, _ body: (UnsafePointer<CChar>) -> Int32) -> Int32
  {
    let bytes = (Array((directory + "/").utf8) + name.bytes + [0]).map { CChar(bitPattern: $0) }
    return bytes.withUnsafeBufferPointer { buffer in buffer.baseAddress.map(body) ?? -1 }
  }
}
