import Checkpoints
import Datasets
import Testing
import Unlearning

/// Rows that were forgotten and are gone from the data, looked for by what was kept of them.
@Suite struct ReturnTests {
  private let tiny: TinyModel

  init() throws { tiny = try TinyModel() }

  /// 45 rows.
  private var rows: [Int] { (0..<180).filter { $0 % 4 == 1 } }

  /// The version that forgot rows, and its result.
  private func forgotten(
    _ request: ForgetRequest, as name: String = "second"
  ) throws -> (version: ModelDirectory, result: RunResult) {
    var plan = tiny.plan([request])
    plan.imprintSeed = 11
    let run = try UnlearningRun(plan, observer: RecordingObserver())
    #expect(try run.run().isReady)
    let version = try tiny.published(run.weights, as: name)
    return (version, try #require(try run.verify(version).confirmed))
  }

  private func imprint() throws -> (version: ModelDirectory, imprint: Imprint) {
    let (version, result) = try forgotten(ForgetRequest(key: "r", rows: rows))
    return (version, try #require(result.imprint))
  }

  private func look(_ imprint: Imprint, at model: ModelDirectory) throws -> ReturnLook {
    let looks = try ReturnLook.all(
      [Imprinted(batch: 1, imprint: imprint)], in: model, sampleShape: tiny.dataset.sampleShape)
    return try #require(looks.first)
  }

  @Test func look_tellsAModelThatKnowsTheRows_fromTheOneThatForgotThem() throws {
    let (version, imprint) = try imprint()
    let there = try look(imprint, at: version)
    #expect(there.verdict == .nothingSeen)
    #expect(abs(try #require(there.rise)) < 1e-3)
    let before = try look(imprint, at: tiny.model)
    #expect(before.verdict == .returned)
    // The first order and the sketch together miss by less than a third here.
    let (rise, taken) = (try #require(before.rise), try #require(before.taken))
    #expect(rise > 0.67 * taken && rise < 1.33 * taken)
  }

  @Test func look_atAModelOfAnotherOrigin_isNoJudgement() throws {
    let (_, imprint) = try imprint()
    let other = TinyData.shared.weights.map { tensor in
      guard case .float32(let values) = tensor.values else { return tensor }
      return TensorArray(tensor.name, shape: tensor.shape, .float32(values.reversed()))
    }
    let found = try look(imprint, at: try TinyModel.write(other, to: tiny.directory + "/other"))
    #expect(found.verdict == .notJudged)
    #expect(try #require(found.distance) > 1)
    let unreadable = try ReturnLook.all(
      [Imprinted(batch: 7, imprint: nil)], in: tiny.model, sampleShape: tiny.dataset.sampleShape)
    #expect(unreadable.map(\.verdict) == [.notJudged])
  }

  /// A run that goes on from where `rows` were forgotten, for other rows.
  private func next(_ version: ModelDirectory, _ imprint: Imprint, knowsCopies: Bool) -> RunPlan {
    let labels = tiny.dataset.train.labels
    var plan = tiny.plan([ForgetRequest(key: "o", rows: (0..<240).filter { labels[$0] != 0 && $0 % 8 == 2 })])
    plan.parent = version
    plan.erasures.imprints = [Imprinted(batch: 1, imprint: imprint)]
    if !knowsCopies { plan.retainRows.removeAll { rows.contains($0) } }
    return plan
  }

  private func verified(_ plan: RunPlan, as name: String = "third") throws -> Verification {
    let run = try UnlearningRun(plan, observer: RecordingObserver())
    #expect(try run.run().isReady)
    return try run.verify(try tiny.published(run.weights, as: name))
  }

  @Test func run_withoutTheRows_showsNoSign() throws {
    let (version, imprint) = try imprint()
    var plan = next(version, imprint, knowsCopies: false)
    plan.policy.holdsOnReturn = true
    #expect(try #require(try verified(plan).confirmed).returns.map(\.verdict) == [.nothingSeen])
  }

  @Test func run_thatLearnsTheRowsAgain_warns_orIsHeld() throws {
    let (version, imprint) = try imprint()
    var plan = next(version, imprint, knowsCopies: true)
    let warned = try #require(try verified(plan).confirmed)
    #expect(warned.returns.map(\.verdict) == [.returned] && warned.returns.map(\.isNew) == [true])
    plan.policy.holdsOnReturn = true
    let held = try #require(try verified(plan, as: "fourth").ended)
    #expect(held.ending == .earlierErasure && held.returns == warned.returns && held.saved != nil)
    #expect(held.imprint == nil && held.lostClasses.isEmpty && !held.lostRows)
    // Whoever says what it may cost has it published.
    plan.policy.acceptedRetainCost = 1
    #expect(try verified(plan, as: "fifth").confirmed != nil)
  }

  /// What the parent showed already is no reason to hold what goes on from it.
  @Test func sign_thatIsOld_isNotNew() throws {
    let (_, imprint) = try imprint()
    var plan = next(tiny.model, imprint, knowsCopies: true)
    plan.policy.holdsOnReturn = true
    let found = try #require(try verified(plan).confirmed)
    #expect(found.returns.map(\.isNew) == [false])
  }

  @Test func fewRows_andClasses_leaveNothing() throws {
    let few = Array(rows.prefix(RunLimits.imprintRows - 1))
    #expect(try forgotten(ForgetRequest(key: "few", rows: few)).result.imprint == nil)
    let labels = tiny.dataset.train.labels
    let classRows = (0..<TinyModel.knownRows).filter { labels[$0] == 0 }
    #expect(
      try forgotten(ForgetRequest(key: "c", kind: .classes([0]), rows: classRows), as: "third").result.imprint == nil)
  }

  @Test func width_isFarBelowWhatTheRowsAndTheModelHave() {
    #expect(Imprint.width(rows: 20, numbers: 3072, parameters: 270_000) == 4096)
    #expect(Imprint.width(rows: 8, numbers: 784, parameters: 270_000) == 1568)
    #expect(Imprint.width(rows: 45, numbers: 16, parameters: 816) == 102)
    #expect(Imprint.width(rows: 7, numbers: 3072, parameters: 270_000) == nil)
    #expect(Imprint.width(rows: 8, numbers: 15, parameters: 270_000) == nil)
    #expect(Imprint.width(rows: 8, numbers: 16, parameters: 270_000) == 32)
  }

  @Test func bytes_giveTheImprintAgain_andNothingElseIsRead() throws {
    let (_, imprint) = try imprint()
    let bytes = imprint.bytes
    #expect(Imprint(bytes: bytes) == imprint)
    #expect(
      Imprint(bytes: []) == nil && Imprint(bytes: Array(bytes.dropLast())) == nil && Imprint(bytes: bytes + [0]) == nil)
    // The mark, the two counts, and a figure that is then not finite.
    for place in [0, 7, 32, 39, 40, 47] {
      var other = bytes
      other[place] ^= 0x55
      #expect(Imprint(bytes: other) == nil, "\(place)")
    }
    var infinite = bytes
    infinite.replaceSubrange(48..<56, with: [0, 0, 0, 0, 0, 0, 0xf0, 0x7f])
    #expect(Imprint(bytes: infinite) == nil)
  }
}

extension Verification {
  fileprivate var ended: RunResult? { if case .ended(let result) = self { result } else { nil } }
}
