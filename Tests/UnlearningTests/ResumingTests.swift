import Checkpoints
import Testing
import Unlearning

/// The same bits: on any number of workers, and stopped and gone on from anywhere.
@Suite struct ResumingTests {
  private let tiny: TinyModel

  init() throws { tiny = try TinyModel() }

  /// With guards, more forget rows than a batch holds, and mending: everything that draws rows.
  private var plan: RunPlan {
    let erased = EarlierErasures(rows: (230..<240).map { .init(row: $0, erasure: $0 % 3) })
    var plan = tiny.plan([ForgetRequest(key: "r", rows: Array(0..<16))], erased: erased)
    plan.settings.batchSize = 12
    plan.settings.evaluateEvery = 4
    plan.settings.guardRows = 8
    return plan
  }

  private func finish(_ plan: RunPlan, resuming saved: SavedRun? = nil) throws -> [[UInt32]] {
    let run = try UnlearningRun(plan, observer: RecordingObserver(), resuming: saved)
    #expect(try run.run().isReady)
    return run.weights.bits
  }

  @Test func workers_changeNoBit() throws {
    let one = try finish(plan)
    for workers in [2, 4] {
      var plan = plan
      plan.workers = workers
      #expect(try finish(plan) == one)
    }
  }

  @Test func anotherSeed_isAnotherRun() throws {
    var plan = plan
    plan.settings.seed = 43
    #expect(try finish(plan) != finish(self.plan))
  }

  @Test func killedAfterAnySavedPoint_goesOnToTheSameBits() throws {
    let observer = RecordingObserver()
    let run = try UnlearningRun(plan, observer: observer)
    #expect(try run.run().isReady)
    #expect(observer.saves.count > 2)
    for saved in observer.saves { #expect(try finish(plan, resuming: saved) == run.weights.bits) }
  }

  @Test func stoppedAnywhere_goesOnToTheSameBits() throws {
    let whole = try finish(plan)
    let count = RecordingObserver(stopAfterQuestions: .max)
    _ = try UnlearningRun(plan, observer: count).run()
    // Questions come before each micro-batch, so this stops in gradients, in measurements and between steps.
    var stops = 0
    for question in stride(from: 0, to: count.questions, by: max(1, count.questions / 40)) {
      let observer = RecordingObserver(stopAfterQuestions: question)
      let run = try UnlearningRun(plan, observer: observer)
      guard let result = try run.run().result else { continue }
      #expect(result.ending == .stopped)
      stops += 1
      #expect(try finish(plan, resuming: result.saved) == whole)
    }
    #expect(stops > 20)
  }

  @Test func stoppedAgainAndAgain_goesOnToTheSameBits() throws {
    let whole = try finish(plan)
    var saved: SavedRun?
    for _ in 0..<500 {
      let run = try UnlearningRun(plan, observer: RecordingObserver(stopAfterQuestions: 60), resuming: saved)
      let outcome = try run.run()
      if outcome.isReady {
        #expect(run.weights.bits == whole)
        return
      }
      saved = outcome.result?.saved ?? saved
    }
    Issue.record("the run never ended")
  }

  @Test func savedRun_throughAFile_isTheSame() throws {
    let observer = RecordingObserver(stopAfterQuestions: 200)
    let result = try #require(try UnlearningRun(plan, observer: observer).run().result)
    let saved = try #require(result.saved)
    let key = RunProgress.Key(batch: 1, parent: 1, parentRecord: "sha256:0", settingsDigest: "sha256:1")
    let path = tiny.directory + "/progress.safetensors"
    try RunProgressFile.save(RunProgress(key: key, state: saved.state, arrays: saved.arrays), to: path)
    let read = try #require(try RunProgressFile.load(path, matching: key))
    #expect(SavedRun(state: read.state, arrays: read.arrays) == saved)
    #expect(try finish(plan, resuming: saved) == finish(plan))
  }

  @Test func savedRun_ofAnotherPlan_isRefused() throws {
    let observer = RecordingObserver()
    _ = try UnlearningRun(plan, observer: observer).run()
    let saved = try #require(observer.saves.first)
    let others = [
      SavedRun(state: "", arrays: saved.arrays), SavedRun(state: saved.state, arrays: []),
      SavedRun(state: saved.state.replacing("\"format\":1", with: "\"format\":2"), arrays: saved.arrays),
    ]
    for other in others {
      #expect(throws: UnlearningError.self) {
        _ = try UnlearningRun(plan, observer: observer, resuming: other)
      }
    }
    var fewer = plan
    fewer.erasures = EarlierErasures()
    #expect(throws: UnlearningError.self) {
      _ = try UnlearningRun(fewer, observer: observer, resuming: saved)
    }
  }
}
