import Checkpoints
import Platform
import Testing

/// A kill between two steps is a store that nobody touches after the first: what a new process finds must be the old
/// version or the new one, whole, and the way must be free for another attempt.
@Suite struct PublishCrashTests {
  enum Stage: Int, CaseIterable, Sendable {
    case nothing, halfACandidate, candidate, sealed, adopted, current
  }

  @Test(arguments: Stage.allCases)
  func publish_whenKilledAfterAStage_leavesTheOldVersionOrTheNew(_ stage: Stage) throws {
    let scratch = try Scratch()
    defer { scratch.remove() }
    let old = try #require(try scratch.storeWithFirstVersion().current())
    try publish(2, in: scratch, until: stage)

    // A new process starts here.
    let store = scratch.store
    let current = try #require(try store.current())
    try store.verifyDigests(current.number)
    #expect(current.number == (stage == .current ? 2 : 1))
    #expect(try store.list() == (stage.rawValue >= Stage.adopted.rawValue ? [1, 2] : [1]))
    try store.discardCandidates()
    #expect(try DurableDirectory.fileNames(scratch.path("models/sample/candidates")).isEmpty)
    #expect(try store.open(1).recordDigest == old.recordDigest)

    // The same version again, where it is not there yet; as a service would go on.
    if try !store.list().contains(2) { try publish(2, in: scratch, until: .adopted) }
    try store.makeCurrent(2)
    try store.verifyDigests(2)
    let weights = try WeightMap.map(try #require(try store.current()).open(), trainable: SampleModel.trains)
    #expect(weights.tensor("layers.1.bias")?.floats == [7, 8])
  }

  private func publish(_ number: Int, in scratch: Scratch, until stage: Stage) throws {
    let store = scratch.store
    let parent = try store.open(1)
    if stage == .nothing { return }
    let weights = try WeightMap.map(try parent.open(), trainable: SampleModel.trains)
    weights.tensor("layers.1.bias")?.set([7, 8])
    let candidate = try store.writeCandidate(number: number, from: parent, weights: weights)
    if stage == .halfACandidate {
      try DurableDirectory.removeFile(Paths.join(candidate.path, "model.safetensors"))
      try scratch.write("torn", to: "models/sample/candidates/000002/.hamud-tmp-0123")
      return
    }
    if stage == .candidate { return }
    let sealed = try store.seal(candidate, record: scratch.record(number, parent: 1))
    if stage == .sealed { return }
    let version = try store.adopt(sealed)
    if stage == .adopted { return }
    try store.makeCurrent(version.number)
  }
}
