import Checkpoints
import Platform
import Testing

@Suite struct VersionStoreTests {
  @Test func store_beforeTheFirstVersion_isEmpty() throws {
    let scratch = try Scratch()
    defer { scratch.remove() }
    #expect(try scratch.store.currentNumber() == nil)
    #expect(try scratch.store.current() == nil)
    #expect(try scratch.store.list() == [])
    try scratch.store.discardCandidates()
    try scratch.store.prepare()
    try scratch.store.prepare()
    #expect(try scratch.store.list() == [])
    #expect(failure { _ = try scratch.store.open(1) }?.description == "version 1: there is no such version")
  }

  @Test func firstVersion_isTheImportedModelWithItsRecord() throws {
    let scratch = try Scratch()
    defer { scratch.remove() }
    let store = try scratch.storeWithFirstVersion()
    let version = try #require(try store.current())
    #expect(version.number == 1)
    #expect(version.record.files.map(\.name) == ["config.json", "hamud-data.json", "model.safetensors"])
    #expect(version.record.parent == nil && version.record.parentRecord == nil)
    for file in version.record.files {
      let original = try bytes(of: scratch.path("model/\(file.name)"))
      #expect(try bytes(of: Paths.join(version.path, file.name)) == original)
      #expect(file.size == original.count)
      #expect(file.digest == digest(original))
    }
    #expect(version.recordDigest == digest(try bytes(of: Paths.join(version.path, "hamud.json"))))
    #expect(try DurableDirectory.target(ofLink: scratch.path("models/sample/current")) == "versions/000001")
    #expect(try DurableDirectory.list(scratch.path("models/sample/candidates")) == [])
    try store.verifyDigests(1, recordDigest: version.recordDigest)
  }

  /// By its record: whatever became of the files of a version, also where it was purged.
  @Test func oldestVersion_isTheFirstThatHadTheseWeights() throws {
    let scratch = try Scratch()
    defer { scratch.remove() }
    let store = try scratch.storeWithFirstVersion()
    let record = try bytes(of: Paths.join(store.place(of: 1), "hamud.json"))
    let candidate = try store.importDirectory(from: scratch.path("model"), number: 2)
    #expect(try store.oldestVersion(withWeightsOf: candidate, kept: [:]) == 1)
    try DurableDirectory.removeFile(Paths.join(store.place(of: 1), "model.safetensors"))
    #expect(try store.oldestVersion(withWeightsOf: candidate, kept: [:]) == 1)
    try DurableDirectory.removeTree(store.place(of: 1))
    #expect(try store.oldestVersion(withWeightsOf: candidate, kept: [:]) == nil)
    #expect(try store.oldestVersion(withWeightsOf: candidate, kept: [1: Array(record.dropLast())]) == nil)
    #expect(try store.oldestVersion(withWeightsOf: candidate, kept: [1: record]) == 1)
    let weights = Paths.join(candidate.path, "model.safetensors")
    var other = try bytes(of: weights)
    other[other.count - 1] ^= 1
    try DurableFile.publish(other, to: weights)
    #expect(try store.oldestVersion(withWeightsOf: candidate, kept: [1: record]) == nil)
  }

  @Test func versions_haveTheModesOfTheContract() throws {
    let scratch = try Scratch()
    defer { scratch.remove() }
    let store = try scratch.storeWithFirstVersion()
    let path = try #require(try store.current()).path
    #expect(try FileStatus.of(path).mode == 0o750)
    #expect(try FileStatus.of(Paths.parent(of: path)).mode == 0o750)
    for name in try DurableDirectory.list(path) {
      #expect(try FileStatus.of(Paths.join(path, name)).mode == 0o640, "\(name)")
    }
  }

  @Test func nextVersion_holdsTheTrainedWeightsAndAllElseOfItsParent() throws {
    let scratch = try Scratch()
    defer { scratch.remove() }
    let store = try scratch.storeWithFirstVersion()
    let parent = try #require(try store.current())
    let weights = try WeightMap.map(try parent.open(), trainable: { $0 == "layers.1.weight" })
    weights.tensor("layers.1.weight")?.set([1, 2, 3, 4, 5, 6, 7, 8])
    let candidate = try store.writeCandidate(number: 2, from: parent, weights: weights)
    #expect(try candidate.open().tensors == (try parent.open().tensors))
    let sealed = try store.seal(candidate, record: scratch.record(2, parent: 1))
    #expect(sealed.record.parentRecord == parent.recordDigest)
    let version = try store.adopt(sealed)
    #expect(try store.currentNumber() == 1)
    try store.makeCurrent(2)
    #expect(try store.list() == [1, 2])

    let back = try WeightMap.map(try version.open(), trainable: { _ in false })
    #expect(back.tensor("layers.1.weight")?.floats == [1, 2, 3, 4, 5, 6, 7, 8])
    let before = try bytes(of: Paths.join(parent.path, "model.safetensors"))
    let after = try bytes(of: Paths.join(version.path, "model.safetensors"))
    let entry = try #require(try version.open().weights[0].header.tensors.first { $0.name == "layers.1.weight" })
    let changed = try version.open().weights[0].header.fileRange(of: entry)
    #expect(before.count == after.count)
    #expect(before[..<changed.lowerBound] == after[..<changed.lowerBound])
    #expect(before[changed.upperBound...] == after[changed.upperBound...])
    for name in ["config.json", "hamud-data.json"] {
      #expect(try bytes(of: Paths.join(parent.path, name)) == bytes(of: Paths.join(version.path, name)))
    }
    try store.verifyDigests(1)
    try store.verifyDigests(2)
  }

  @Test func writeCandidate_whenTheWeightsAreOfAnotherVersion_throws() throws {
    let scratch = try Scratch()
    defer { scratch.remove() }
    let store = try scratch.storeWithFirstVersion()
    let first = try store.open(1)
    let second = try store.adopt(
      try store.seal(try store.importDirectory(from: scratch.path("model"), number: 2), record: scratch.record(2)))
    let weights = try WeightMap.map(try first.open(), trainable: SampleModel.trains)
    let error = failure { _ = try store.writeCandidate(number: 3, from: second, weights: weights) }
    #expect(error?.description.hasPrefix("version 2: the weights to be written were not opened from") == true)
    _ = try store.writeCandidate(number: 3, from: first, weights: weights)
  }

  @Test func seal_whenTheRecordIsOfAnotherVersion_throws() throws {
    let scratch = try Scratch()
    defer { scratch.remove() }
    let candidate = try scratch.store.importDirectory(from: try SampleModel.write(in: scratch), number: 1)
    _ = failure { _ = try scratch.store.seal(candidate, record: scratch.record(2)) }
    _ = failure {
      _ = try scratch.store.seal(candidate, record: VersionRecord(model: "other", version: 1, created: ""))
    }
    _ = failure { _ = try scratch.store.seal(candidate, record: scratch.record(1, parent: 9)) }
  }

  @Test func seal_whenTheParentsRecordIsNotTheOneNamed_throws() throws {
    let scratch = try Scratch()
    defer { scratch.remove() }
    let store = try scratch.storeWithFirstVersion()
    let candidate = try store.importDirectory(from: scratch.path("model"), number: 2)
    var record = scratch.record(2, parent: 1)
    record.parentRecord = "sha256:0"
    let error = failure { _ = try store.seal(candidate, record: record) }
    #expect(error?.description.contains("where sha256:0 is on record") == true)
  }

  @Test func adopt_whenTheVersionExists_leavesItAsItIs() throws {
    let scratch = try Scratch()
    defer { scratch.remove() }
    let store = try scratch.storeWithFirstVersion()
    let error = failure { _ = try store.importDirectory(from: scratch.path("model"), number: 1) }
    #expect(error?.description == "version 1: there is such a version already, and a version never changes")
    let candidate = try store.importDirectory(from: scratch.path("model"), number: 2)
    let sealed = try store.seal(candidate, record: scratch.record(2))
    try DurableDirectory.make(scratch.path("models/sample/versions/000002"))
    #expect(failure { _ = try store.adopt(sealed) }?.description.hasPrefix("version 2: there is such") == true)
  }

  @Test func makeCurrent_whenTheVersionIsDamagedOrMissing_keepsTheOldOne() throws {
    let scratch = try Scratch()
    defer { scratch.remove() }
    let store = try scratch.storeWithFirstVersion()
    _ = failure { try store.makeCurrent(2) }
    let candidate = try store.importDirectory(from: scratch.path("model"), number: 2)
    let version = try store.adopt(try store.seal(candidate, record: scratch.record(2)))
    try scratch.write("{}", to: "models/sample/versions/000002/config.json")
    let error = failure { try store.makeCurrent(version.number) }
    #expect(error?.description.hasPrefix(#"version 2: the file "config.json" has 2 bytes where"#) == true)
    #expect(try store.currentNumber() == 1)
  }

  @Test func remove_takesAVersionThatIsNotCurrent() throws {
    let scratch = try Scratch()
    defer { scratch.remove() }
    let store = try scratch.storeWithFirstVersion()
    #expect(
      failure { try store.remove(1) }?.description
        == "version 1: it is the current version; make another one current first")
    _ = failure { try store.remove(2) }
    _ = try store.adopt(
      try store.seal(try store.importDirectory(from: scratch.path("model"), number: 2), record: scratch.record(2)))
    try store.remove(2)
    #expect(try store.list() == [1])
    #expect(try DurableDirectory.list(scratch.path("models/sample/candidates")) == [])
  }

  @Test func currentNumber_whenTheLinkPointsElsewhere_throws() throws {
    let scratch = try Scratch()
    defer { scratch.remove() }
    let store = try scratch.storeWithFirstVersion()
    for target in [
      "versions/1", "versions/000000", "/etc", "../x", "versions/00000a", "versions/000001/", "candidates/000001",
    ] {
      try DurableDirectory.swapSymlink(at: scratch.path("models/sample/current"), to: target)
      _ = failure({ _ = try store.currentNumber() }, "\(target)")
    }
  }

  @Test func numbers_outsideTheirRange_areRefused() throws {
    let scratch = try Scratch()
    defer { scratch.remove() }
    let source = try SampleModel.write(in: scratch)
    for number in [0, -1, 1_000_000] {
      #expect(
        failure { _ = try scratch.store.importDirectory(from: source, number: number) }?.description
          == "version \(number): a version's number is from 1 to 999999")
    }
    _ = try scratch.store.importDirectory(from: source, number: 999_999)
  }
}
