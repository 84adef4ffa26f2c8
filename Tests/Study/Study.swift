import Checkpoints
import Foundation
import HAMU
import Requests
import Unlearning

/// Runs what was asked for, row by row of the table.
struct Study {
  let options: StudyOptions
  let model: StudyModel

  init(_ options: StudyOptions, _ model: StudyModel) {
    self.options = options
    self.model = model
  }

  func run() throws {
    var known = options.goesOn ? readKnown() : []
    say(StudyRow.header)
    for seed in options.kinds.contains(.comingBack) ? options.seeds : [] { try StudyReturn(self, seed: seed).run() }
    for kind in options.kinds where kind != .comingBack {
      for seed in options.seeds {
        for contender in options.contenders where !known.contains(where: { Self.is($0, kind, seed, contender) }) {
          let start = ContinuousClock.now
          var row =
            kind == .sequence ? try StudySequence(self, seed: seed).run() : try alone(kind, seed: seed, contender)
          row.seconds = Double((ContinuousClock.now - start).components.seconds)
          row.baseline = contender
          say(row.line)
          known.append(row.json)
          try JSONValue.array(known).text.write(toFile: options.json, atomically: true, encoding: .utf8)
        }
      }
    }
  }

  private func readKnown() -> [JSONValue] {
    guard let data = FileManager.default.contents(atPath: options.json) else { return [] }
    return (try? JSONValue.parse(Array(data)))?.elements ?? []
  }

  private static func `is`(_ row: JSONValue, _ kind: StudyKind, _ seed: Int, _ baseline: BaselineSettings?) -> Bool {
    row["request"]?.stringValue == kind.rawValue && row["seed"]?.integerValue == seed
      && row["method"]?.stringValue == baseline?.method.rawValue
      && row["learning_rate"]?.numberValue == baseline?.learningRate
  }

  /// One request on the original model.
  private func alone(_ kind: StudyKind, seed: Int, _ baseline: BaselineSettings?) throws -> StudyRow {
    let request = request(kind, seed: seed)
    if options.printsSteps { say("\(kind.rawValue), seed \(seed): \(request.rows.count) rows") }
    var plan = try model.plan([request], from: model.original, seed: seed, workers: options.workers)
    if baseline != nil {
      plan.settings.baseline = baseline
      plan.settings.steering = nil
    }
    let (result, version) = try result(of: plan, from: model.original)
    if let version, kind == .oneRow || kind == .fiveRows {
      try StudyNeighbours(model, workers: options.workers).lines(request.rows, in: version).forEach(say)
    }
    return StudyRow(kind, seed: seed, result)
  }

  private func request(_ kind: StudyKind, seed: Int) -> ForgetRequest {
    var picker = StudyPicker(model.dataset, seed: seed)
    switch kind {
    case .class0: return ForgetRequest(key: kind.rawValue, kind: .classes([0]), rows: picker.rows(ofClass: 0))
    case .oneSubject, .sequence, .comingBack:
      return ForgetRequest(key: kind.rawValue, rows: picker.subject(of: 18...23).rows)
    case .oneRow: return ForgetRequest(key: kind.rawValue, rows: picker.rows(1))
    case .fiveRows: return ForgetRequest(key: kind.rawValue, rows: picker.rows(5))
    case .rows200: return ForgetRequest(key: kind.rawValue, rows: picker.rows(200))
    case .rows1000: return ForgetRequest(key: kind.rawValue, rows: picker.rows(1000))
    }
  }

  /// A run to its end as the daemon makes it; with a version when one was confirmed.
  func result(
    of plan: RunPlan, from parent: VersionStore.Version
  ) throws -> (result: RunResult, version: VersionStore.Version?) {
    let run = try UnlearningRun(plan, observer: StudyObserver(prints: options.printsSteps))
    while true {
      switch try run.run() {
      case .ended(let result): return (result, nil)
      case .ready:
        let candidate = try model.candidate(run, from: parent)
        switch try run.verify(try candidate.open()) {
        case .confirmed(let result): return (result, try model.adopt(candidate, from: parent))
        case .lost: try model.store.discardCandidates()
        case .ended(let result):
          try model.store.discardCandidates()
          return (result, nil)
        }
      }
    }
  }
}
