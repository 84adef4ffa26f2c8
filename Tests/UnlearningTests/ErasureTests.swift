import Datasets
import HAMU
import Testing
import Unlearning

/// Whole classes, and what was erased before.
@Suite struct ErasureTests {
  private let tiny: TinyModel

  init() throws { tiny = try TinyModel() }

  private var classZero: [Int] { tiny.dataset.train.rows(ofClass: 0).filter { $0 < TinyModel.knownRows } }

  /// Fifteen rows that are not of class 0.
  private var request: ForgetRequest {
    let labels = tiny.dataset.train.labels
    return ForgetRequest(key: "r", rows: (0..<60).filter { labels[$0] != 0 && $0 % 4 == 1 })
  }

  private func phases(_ observer: RecordingObserver) -> [PhaseReport.Purpose] {
    observer.events.compactMap { if case .phaseBegan(let phase) = $0 { phase.purpose } else { nil } }
  }

  @Test func class_untilItsAccuracyIsThatOfChance() throws {
    var plan = tiny.plan([ForgetRequest(key: "c", kind: .classes([0]), rows: classZero)])
    plan.target.classAccuracy = 0.1
    let observer = RecordingObserver()
    let run = try UnlearningRun(plan, observer: observer)
    #expect(try run.run().isReady)
    let result = try #require(try run.verify(try tiny.published(run.weights)).confirmed)
    let (before, after) = (result.groups[0].before, try #require(result.groups[0].after))
    #expect(before.classAccuracy == 1 && before.membershipAUC == nil)
    #expect(try #require(after.classAccuracy) <= 0.1 && #require(after.classHeldoutAccuracy) <= 0.1)
    #expect(result.margins.count == classZero.count)
    #expect(phases(observer) == [.requests])
    let objectives = observer.events.compactMap { if case .phaseBegan(let phase) = $0 { phase.objective } else { nil } }
    #expect(objectives == [.crossEntropy])
    // Held-out figures leave the class out, before and after alike: they do not fall by its third of the rows.
    let heldout = try #require(result.heldoutAfter), start = try #require(result.heldoutBefore)
    #expect(heldout.accuracy > start.accuracy - 0.1)
  }

  @Test func erasedClass_staysErased_underGuards() throws {
    let first = try UnlearningRun(
      tiny.plan([ForgetRequest(key: "c", kind: .classes([0]), rows: classZero)]), observer: RecordingObserver())
    #expect(try first.run().isReady)
    let version = try tiny.published(first.weights, as: "second")
    let forgotten = try #require(try first.verify(version).confirmed)
    let erased = EarlierErasures(
      classes: [0], rows: forgotten.margins.map { .init(row: $0.row, erasure: 1, phi: $0.phi) })
    var plan = tiny.plan([request], erased: erased)
    plan.parent = version
    let run = try UnlearningRun(plan, observer: RecordingObserver())
    #expect(try run.run().isReady)
    let result = try #require(try run.verify(try tiny.published(run.weights, as: "third")).confirmed)
    #expect(result.lostClasses.isEmpty && !result.lostRows)
  }

  @Test func erasedClassThatCameBack_getsAPhaseOfItsOwn() throws {
    // The ledger says that class 0 was erased; this model knows it by heart.
    let erased = EarlierErasures(classes: [0], rows: classZero.map { .init(row: $0, erasure: 1) })
    let observer = RecordingObserver()
    let run = try UnlearningRun(tiny.plan([request], erased: erased), observer: observer)
    #expect(try run.run().isReady)
    #expect(phases(observer).prefix(2) == [.requests, .mendClass(0)])
    #expect(try run.verify(try tiny.published(run.weights)).confirmed != nil)
  }

  /// Its rows are measured from that phase on; the controller begins it without knowing which of them are still known.
  @Test func erasedClassThatCameBack_isMendedUnderTheController() throws {
    let erased = EarlierErasures(classes: [0], rows: classZero.map { .init(row: $0, erasure: 1) })
    var plan = tiny.plan([request], erased: erased)
    var steering = SteeringSettings()
    (steering.batch, steering.forgetBatch) = (16, 8)
    plan.settings.steering = steering
    let observer = RecordingObserver()
    _ = try UnlearningRun(plan, observer: observer).run()
    #expect(phases(observer).prefix(2) == [.requests, .mendClass(0)])
    let begun = try #require(
      observer.events.firstIndex { if case .phaseBegan(let it) = $0 { it.purpose == .mendClass(0) } else { false } })
    #expect(observer.events.suffix(from: begun).contains { if case .stepped = $0 { true } else { false } })
  }

  @Test func erasedRowsThatCameBack_getAPhaseOfTheirOwn() throws {
    let labels = tiny.dataset.train.labels
    let tombstones = (60..<100).filter { labels[$0] != 0 }
    let erased = EarlierErasures(rows: tombstones.map { .init(row: $0, erasure: $0 % 2) })
    var plan = tiny.plan([request], erased: erased)
    // Without guards nothing happens to them before the look.
    plan.settings.guardRows = 0
    let observer = RecordingObserver()
    let run = try UnlearningRun(plan, observer: observer)
    #expect(try run.run().isReady)
    #expect(phases(observer).prefix(2) == [.requests, .mendRows])
    #expect(try run.verify(try tiny.published(run.weights)).confirmed != nil)
  }

  /// With the controller they end in the band, not only within what a look lets pass above it.
  @Test func erasedRowsAboveTheBand_areBroughtBackIntoIt() throws {
    let labels = tiny.dataset.train.labels
    let tombstones = (60..<100).filter { labels[$0] != 0 }
    var plan = tiny.plan(
      [request], erased: EarlierErasures(rows: tombstones.map { .init(row: $0, erasure: $0 % 2) }))
    plan.settings.guardRows = 1
    var steering = SteeringSettings()
    (steering.batch, steering.forgetBatch) = (16, 8)
    plan.settings.steering = steering
    plan.target.membershipAUC = 0.6
    let observer = RecordingObserver()
    let run = try UnlearningRun(plan, observer: observer)
    #expect(try run.run().isReady)
    let version = try tiny.published(run.weights)
    #expect(try run.verify(version).confirmed != nil)
    let auc = try tiny.auc(of: tombstones, in: version)
    // A mean of shares may round to just above.
    #expect(auc <= 0.6 + 1e-9)
  }

  /// What holds as it is gets twenty steps to come into the band, and is published as it was where those do not reach it.
  @Test func erasedRowsThatStayAboveTheBand_areGivenUpAfterTwentySteps() throws {
    let labels = tiny.dataset.train.labels
    let tombstones = (60..<100).filter { labels[$0] != 0 }
    var plan = tiny.plan(
      [request], erased: EarlierErasures(rows: tombstones.map { .init(row: $0, erasure: $0 % 2) }))
    plan.settings.guardRows = 0
    var steering = SteeringSettings()
    (steering.batch, steering.forgetBatch) = (16, 8)
    plan.settings.steering = steering
    // The owner's bound is reached at once; what a step does to the tombstoned rows is next to nothing.
    plan.settings.step.radius = .relative(1e-5)
    plan.target.forgetLoss = 1.0001 * (try tiny.loss(of: request.rows))
    plan.target.membershipAUC = try tiny.auc(of: tombstones, in: tiny.model) - 0.015
    let observer = RecordingObserver()
    let run = try UnlearningRun(plan, observer: observer)
    #expect(try run.run().isReady)
    #expect(phases(observer) == [.requests, .mendRows])
    let begun = observer.events.firstIndex {
      if case .phaseBegan(let phase) = $0 { phase.purpose == .mendRows } else { false }
    }
    let steps = observer.events.suffix(from: try #require(begun)).filter {
      if case .stepped = $0 { true } else { false }
    }
    #expect(steps.count == 20)
    let result = try #require(try run.verify(try tiny.published(run.weights)).confirmed)
    #expect(!result.lostRows)
  }

  /// What holds earlier erasures is paid for in every step: the controller takes fewer rows for it than are configured.
  @Test func guards_withTheController_areAtMostItsOwn() throws {
    let labels = tiny.dataset.train.labels
    let tombstones = (60..<100).filter { labels[$0] != 0 }
    var plan = tiny.plan(
      [request], erased: EarlierErasures(rows: tombstones.map { .init(row: $0, erasure: $0 % 2) }))
    var steering = SteeringSettings()
    (steering.batch, steering.forgetBatch, steering.rowGuards) = (16, 8, 5)
    plan.settings.steering = steering
    let run = try UnlearningRun(plan, observer: RecordingObserver())
    #expect(try run.run().isReady)
    let result = try #require(try run.verify(try tiny.published(run.weights)).confirmed)
    let most = result.trace.map(\.forgetRows).max() ?? 0
    #expect(most > 8 && most <= 8 + 5)
    plan.settings.guardRows = 2
    let few = try UnlearningRun(plan, observer: RecordingObserver())
    _ = try few.run()
    let confirmed = try few.verify(try tiny.published(few.weights, as: "few")).confirmed
    #expect((confirmed?.trace.map(\.forgetRows).max() ?? 0) <= 8 + 2)
  }

  @Test func erasedClassOfWhichNoRowIsLeft_cannotBeMended() throws {
    let erased = EarlierErasures(classes: [0], rows: [])
    var plan = tiny.plan([request], erased: erased)
    plan.retainRows = plan.retainRows.filter { tiny.dataset.train.labels[$0] != 0 }
    plan.target.classAccuracy = 0
    let result = try #require(try UnlearningRun(plan, observer: RecordingObserver()).run().result)
    #expect(result.ending == .earlierErasure)
    #expect(result.lostClasses == [0] && !result.lostRows)
    #expect(result.saved != nil && result.goingOn != nil)
  }

  @Test func mendingThatIsNeverDone_isHeld() throws {
    // What is asked of class 0 cannot be had: its rows stay in the retain set.
    let erased = EarlierErasures(classes: [0], rows: classZero.map { .init(row: $0, erasure: 1) })
    var plan = tiny.plan([request], erased: erased)
    plan.settings.maxSteps = 60
    plan.retainRows = (0..<TinyModel.knownRows).filter { !request.rows.contains($0) }
    plan.settings.step.constraint = .ratio(0.01)
    let observer = RecordingObserver()
    let result = try #require(try UnlearningRun(plan, observer: observer).run().result)
    #expect(result.ending == .maxSteps && result.steps == 60)
  }

  @Test func classesBesideRows_areRefused() throws {
    let plan = tiny.plan([request, ForgetRequest(key: "c", kind: .classes([0]), rows: classZero)])
    #expect(throws: UnlearningError.self) { _ = try UnlearningRun(plan, observer: RecordingObserver()) }
  }

  @Test func classWithoutHeldoutRows_isRefused_inProse() throws {
    var plan = tiny.plan([request])
    plan.heldoutRows = plan.heldoutRows.filter { tiny.dataset.heldout.labels[$0] == 0 }
    do {
      _ = try UnlearningRun(plan, observer: RecordingObserver())
      Issue.record("it was taken")
    } catch {
      #expect(
        "\(error)" == "class 1 has no held-out rows, so nobody could tell whether its rows are forgotten; add some to "
          + "the held-out data")
    }
  }

  @Test func requestWithoutRows_isRefused() throws {
    #expect(throws: UnlearningError.self) {
      _ = try UnlearningRun(tiny.plan([ForgetRequest(key: "r", rows: [])]), observer: RecordingObserver())
    }
  }

  @Test func nothingLeftToRetain_isRefused() throws {
    var plan = tiny.plan([request])
    plan.retainRows = []
    #expect(throws: UnlearningError.self) { _ = try UnlearningRun(plan, observer: RecordingObserver()) }
  }
}
