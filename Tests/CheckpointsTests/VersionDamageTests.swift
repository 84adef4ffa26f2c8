import Checkpoints
import Platform
import Testing

/// Whatever happens to the bytes of a version, it is noticed and the file is named.
@Suite struct VersionDamageTests {
  private func store() throws -> (Scratch, VersionStore, String) {
    let scratch = try Scratch()
    let store = try scratch.storeWithFirstVersion()
    return (scratch, store, "models/sample/versions/000001/")
  }

  @Test(arguments: ["hamud.json", "config.json", "hamud-data.json", "model.safetensors"])
  func verifyDigests_whenAnyBitFlips_namesTheFile(_ name: String) throws {
    let (scratch, store, folder) = try store()
    defer { scratch.remove() }
    let path = scratch.path(folder + name)
    let sound = try bytes(of: path)
    for bit in stride(from: 0, to: sound.count * 8, by: name == "config.json" ? 1 : 7) {
      var damaged = sound
      damaged[bit / 8] ^= 1 << (bit % 8)
      try overwrite(path, damaged)
      let error = failure({ try store.verifyDigests(1) }, "bit \(bit)")
      switch error {
      case .version(1, .badRecord): #expect(name == "hamud.json")
      case .version(1, .fileDigest(name, _, _)): break
      default: Issue.record("bit \(bit) of \(name): \(String(describing: error))")
      }
    }
    try overwrite(path, sound)
    try store.verifyDigests(1)
  }

  @Test func open_whenAFileIsTornOrLonger_namesIt() throws {
    let (scratch, store, folder) = try store()
    defer { scratch.remove() }
    let path = scratch.path(folder + "model.safetensors")
    let sound = try bytes(of: path)
    for damaged in [[], Array(sound.dropLast()), sound + [0]] {
      try overwrite(path, damaged)
      let error = failure { _ = try store.open(1) }
      #expect(
        error?.description
          == "version 1: the file \"model.safetensors\" has \(damaged.count) bytes where \(sound.count)"
          + " are on record; restore it from a backup")
    }
  }

  @Test func open_whenAFileIsMissingOrForeign_namesIt() throws {
    let (scratch, store, folder) = try store()
    defer { scratch.remove() }
    try scratch.write("x", to: folder + "extra.safetensors")
    #expect(
      failure { _ = try store.open(1) }?.description
        == #"version 1: the file "extra.safetensors" is not part of it; move it out of the directory"#)
    try DurableDirectory.removeFile(scratch.path(folder + "extra.safetensors"))
    try scratch.write("x", to: folder + ".nfs0001")
    _ = try store.open(1)
    let config = scratch.path(folder + "config.json")
    let content = try bytes(of: config)
    try DurableDirectory.removeFile(config)
    #expect(
      failure { _ = try store.open(1) }?.description
        == #"version 1: the file "config.json" is missing; restore the directory from a backup"#)
    try scratch.write(content, to: "elsewhere.json")
    try DurableDirectory.swapSymlink(at: config, to: scratch.path("elsewhere.json"))
    _ = failure { _ = try store.open(1) }
    try DurableDirectory.removeFile(scratch.path(folder + "hamud.json"))
    #expect(failure { _ = try store.open(1) }?.description.contains(#""hamud.json" is missing"#) == true)
  }

  @Test func open_whenTheRecordIsNotTheOneKnown_refusesIt() throws {
    let (scratch, store, _) = try store()
    defer { scratch.remove() }
    let known = try store.open(1).recordDigest
    _ = try store.open(1, recordDigest: known)
    let error = failure { _ = try store.open(1, recordDigest: digest([])) }
    #expect(error?.description.contains("has the digest \(known) where \(digest([])) is on record") == true)
  }

  @Test func open_whenTheRecordIsOfAnotherModelOrVersion_refusesIt() throws {
    let (scratch, store, folder) = try store()
    defer { scratch.remove() }
    let other = VersionStore(directory: store.directory, model: "other")
    _ = failure { _ = try other.open(1) }
    try DurableDirectory.rename(scratch.path(folder), to: scratch.path("models/sample/versions/000002"))
    #expect(failure { _ = try store.open(2) }?.description.contains("it is of version 1 of") == true)
  }

  @Test func open_whenARecordNamesAPathOutside_refusesIt() throws {
    let (scratch, store, folder) = try store()
    defer { scratch.remove() }
    var record = try store.open(1).record
    record.files = [.init(name: "../../current", size: 0, digest: digest([]))]
    try overwrite(scratch.path(folder + "hamud.json"), record.render())
    #expect(failure { _ = try store.open(1) }?.description.contains("a file's name is") == true)
  }

  @Test func writeCandidate_whenTheParentIsDamaged_doesNotPassItOn() throws {
    let (scratch, store, folder) = try store()
    defer { scratch.remove() }
    let parent = try store.open(1)
    let weights = try WeightMap.map(try parent.open(), trainable: SampleModel.trains)
    var config = try bytes(of: scratch.path(folder + "config.json"))
    let position = try #require(config.lastIndex(of: UInt8(ascii: "3")))
    config[position] = UInt8(ascii: "4")
    try overwrite(scratch.path(folder + "config.json"), config)
    let error = failure { _ = try store.writeCandidate(number: 2, from: parent, weights: weights) }
    #expect(error?.description.contains(#"the file "config.json" has the digest"#) == true)
    #expect(try DurableDirectory.list(scratch.path("models/sample/candidates")) == [])
  }

  private func overwrite(_ path: String, _ bytes: [UInt8]) throws { try DurableFile.publish(bytes, to: path) }
}
