import Datasets
import HAMU
import Testing
import Unlearning

/// The figures that PyTorch gives on the shared model (algorithm.md, "What runs cost"), with the default settings.
@Suite(.serialized) struct SharedModelRunTests {
  /// A class goes in about 48 steps, without a warning and without a cost.
  @Test func airplane_isForgottenInAboutFiftySteps() throws {
    guard let shared = try SharedModel.open(for: "class 0 of the shared model") else { return }
    let rows = shared.dataset.train.rows(ofClass: 0)
    let observer = RecordingObserver()
    let run = try UnlearningRun(
      shared.plan([ForgetRequest(key: "airplane", kind: .classes([0]), rows: rows)]), observer: observer)
    guard case .ready(let step) = try run.run() else {
      Issue.record("it did not reach its target")
      return
    }
    print("shared model, class 0: \(step) steps")
    #expect((35...60).contains(step))
    #expect(!observer.events.contains { if case .hardnessBegan = $0 { true } else { false } })
    let measured = observer.events.compactMap { if case .measured(let found) = $0 { found } else { nil } }
    let last = try #require(measured.last)
    #expect(last.retain.accuracy >= 0.999)
    #expect(last.heldout.accuracy > 0.677)
  }

  /// A subject of some twenty rows goes in 48 to 72 steps.
  @Test func subject_isForgottenInAboutSixtySteps() throws {
    guard let shared = try SharedModel.open(for: "a subject of the shared model") else { return }
    let rows = shared.dataset.identifiers.rows(ofSubject: "user:0472")
    let observer = RecordingObserver()
    let run = try UnlearningRun(shared.plan([ForgetRequest(key: "subject", rows: rows)]), observer: observer)
    guard case .ready(let step) = try run.run() else {
      Issue.record("it did not reach its target")
      return
    }
    print("shared model, subject of \(rows.count) rows: \(step) steps")
    #expect((40...80).contains(step))
    let measured = observer.events.compactMap { if case .measured(let found) = $0 { found } else { nil } }
    let last = try #require(measured.last)
    let auc = try #require(last.groups[0].membershipAUC)
    #expect((0.45...0.55).contains(auc))
    #expect(last.retain.accuracy >= 0.999)
    #expect(last.heldout.accuracy >= 0.681 - 0.015)
  }

  /// 200 rows by cross-entropy: the warning comes about the 6th step.
  @Test func manyRows_areUnavoidableFromAboutTheSixthStep() throws {
    guard let shared = try SharedModel.open(for: "200 rows of the shared model") else { return }
    for seed in [42, 43] as [UInt64] {
      var numbers = TestNumbers(seed)
      var rows: Set<Int> = []
      while rows.count < 200 { rows.insert(numbers.below(shared.dataset.train.count)) }
      var plan = shared.plan([ForgetRequest(key: "hard", rows: rows.sorted())])
      plan.settings.seed = seed
      plan.settings.objective = .crossEntropy
      plan.settings.step.constraint = .ratio(0.5)
      let result = try #require(try UnlearningRun(plan, observer: RecordingObserver()).run().result)
      print("shared model, 200 rows, seed \(seed): \(result.ending.rawValue) after \(result.steps) steps")
      #expect(result.ending == .unavoidable)
      #expect((5...9).contains(result.steps))
      #expect(try #require(result.hardness).hardness.leastCost > 0)
    }
  }

  /// The same in a batch with a subject: the 200 rows are set aside as soon as the warning comes, and the subject goes on.
  @Test func manyRowsBesideASubject_areSetAside_andTheSubjectGoesOn() throws {
    guard let shared = try SharedModel.open(for: "200 rows of the shared model beside a subject") else { return }
    var numbers = TestNumbers(42)
    let subject = shared.dataset.identifiers.rows(ofSubject: "user:0472")
    var many: Set<Int> = []
    while many.count < 200 {
      let row = numbers.below(shared.dataset.train.count)
      if !subject.contains(row) { many.insert(row) }
    }
    var plan = shared.plan([
      ForgetRequest(key: "subject", rows: subject), ForgetRequest(key: "many", rows: many.sorted()),
    ])
    plan.settings.objective = .crossEntropy
    plan.settings.step.constraint = .ratio(0.5)
    plan.settings.maxSteps = 8
    let observer = RecordingObserver()
    let result = try UnlearningRun(plan, observer: observer).run().result
    let asides = observer.events.compactMap { event -> (String, Hardness, Int)? in
      if case .setAside(let key, let report, let step) = event { (key, report.hardness, step) } else { nil }
    }
    for (key, hardness, step) in asides {
      print(
        "shared model, batch of two: \(key) set aside after \(step) steps, least cost \(hardness.leastCost) +- "
          + "\(hardness.leastCostError), retain cost \(hardness.retainCost) +- \(hardness.retainCostError)")
    }
    print("shared model, batch of two: \(result.map { "\($0.ending) after \($0.steps) steps, \($0.work)" } ?? "ready")")
    #expect(asides.map(\.0) == ["many"])
    #expect(result?.ending == .maxSteps)
  }
}
