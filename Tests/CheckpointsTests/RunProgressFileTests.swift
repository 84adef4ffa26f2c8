import Checkpoints
import Platform
import Testing

@Suite struct RunProgressFileTests {
  private let key = RunProgress.Key(
    batch: 17, parent: 41, parentRecord: "sha256:aa", settingsDigest: "sha256:bb")

  private var progress: RunProgress {
    RunProgress(
      key: key, state: #"{"step":12,"phase":"é\n"}"#,
      arrays: [
        TensorArray("weights/layers.0", shape: [2, 2], .float32([1, -0.0, .infinity, .leastNonzeroMagnitude])),
        TensorArray("window", .float64([0.1, .leastNonzeroMagnitude])),
        TensorArray("rows", .int64([.min, 3])),
        TensorArray("none", .float32([])),
      ])
  }

  @Test func save_readsBackTheSameBits() throws {
    let scratch = try Scratch()
    defer { scratch.remove() }
    let path = scratch.path("17.safetensors")
    try RunProgressFile.save(progress, to: path)
    #expect(try RunProgressFile.load(path, matching: key) == progress)
    #expect(try SafetensorsFile(path).header.tensors.count == 4, "any safetensors reader can open it")
    let nothing = RunProgress(key: key, state: "", arrays: [])
    try RunProgressFile.save(nothing, to: path)
    #expect(try RunProgressFile.load(path, matching: key) == nothing)
    #expect(try FileStatus.of(path).mode == 0o640)
    let first = try bytes(of: path)
    try RunProgressFile.save(nothing, to: path)
    #expect(try bytes(of: path) == first)
  }

  @Test func load_whenThereIsNone_givesNothing() throws {
    let scratch = try Scratch()
    defer { scratch.remove() }
    #expect(try RunProgressFile.load(scratch.path("none"), matching: key) == nil)
    try RunProgressFile.remove(scratch.path("none"))
    try RunProgressFile.save(progress, to: scratch.path("some"))
    try RunProgressFile.remove(scratch.path("some"))
    #expect(try RunProgressFile.load(scratch.path("some"), matching: key) == nil)
  }

  @Test func load_whenItBelongsToAnotherRun_saysWhatDiffers() throws {
    let scratch = try Scratch()
    defer { scratch.remove() }
    let path = scratch.path("p")
    try RunProgressFile.save(progress, to: path)
    let others: [(String, RunProgress.Key)] = [
      ("batch", .init(batch: 18, parent: 41, parentRecord: "sha256:aa", settingsDigest: "sha256:bb")),
      ("parent", .init(batch: 17, parent: 42, parentRecord: "sha256:aa", settingsDigest: "sha256:bb")),
      ("parent_record", .init(batch: 17, parent: 41, parentRecord: "sha256:ab", settingsDigest: "sha256:bb")),
      ("settings_digest", .init(batch: 17, parent: 41, parentRecord: "sha256:aa", settingsDigest: "sha256:bc")),
    ]
    for (word, other) in others {
      let error = failure { _ = try RunProgressFile.load(path, matching: other) }
      guard case .progress(.belongsElsewhere(let found, _, _)) = error else {
        Issue.record("\(word): \(String(describing: error))")
        continue
      }
      #expect(found == word)
    }
    let error = failure { _ = try RunProgressFile.load(path, matching: others[0].1) }
    #expect(
      error?.description
        == "the saved progress has batch 17 where this run has 18; the run has to start from its beginning")
  }

  @Test func load_whenAnyBitFlipsOrBytesAreMissing_refusesIt() throws {
    let scratch = try Scratch()
    defer { scratch.remove() }
    let path = scratch.path("p")
    try RunProgressFile.save(progress, to: path)
    let sound = try bytes(of: path)
    for bit in 0..<sound.count * 8 {
      var damaged = sound
      damaged[bit / 8] ^= 1 << (bit % 8)
      try DurableFile.publish(damaged, to: path)
      let error = failure({ _ = try RunProgressFile.load(path, matching: key) }, "bit \(bit)")
      guard case .progress(.damaged) = error else {
        Issue.record("bit \(bit): \(String(describing: error))")
        return
      }
    }
    for length in stride(from: 0, to: sound.count, by: 11) {
      try DurableFile.publish(Array(sound[..<length]), to: path)
      _ = failure { _ = try RunProgressFile.load(path, matching: key) }
    }
  }
}
