import Foundation
import HAMU
import Requests
import Unlearning

/// One line of the table. Shares and changes are fractions; nil where a figure does not apply.
struct StudyRow {
  var kind: StudyKind
  var seed: Int
  /// nil: HAMU.
  var baseline: BaselineSettings?
  var state = "held"
  var membershipAUC: Double?
  var classAccuracy: Double?
  var retainAccuracy: Double?
  var heldoutChange: Double?
  var imageShare = 0.0
  // What only the printed table shows.
  var reason = ""
  var steps = 0
  var evaluated = 0
  var retainRise: Double?
  var seconds = 0.0

  /// Images through the network forward and backward that training from scratch takes.
  static let retraining = 240_000.0

  init(_ kind: StudyKind, seed: Int) {
    self.kind = kind
    self.seed = seed
  }

  init(_ kind: StudyKind, seed: Int, _ result: RunResult) {
    self.init(kind, seed: seed)
    state = result.ending == .target || result.ending == .nothingToForget ? "forgotten" : "held"
    reason = result.ending.rawValue
    let group = result.groups.first?.after
    membershipAUC = group?.membershipAUC
    classAccuracy = group?.classAccuracy.map { max($0, group?.classHeldoutAccuracy ?? 0) }
    retainAccuracy = result.retainAfter?.accuracy
    if let after = result.heldoutAfter, let before = result.heldoutBefore {
      heldoutChange = after.accuracy - before.accuracy
    }
    if let after = result.retainAfter, let before = result.retainBefore { retainRise = after.loss - before.loss }
    steps = result.steps
    imageShare = Double(result.work.gradientRows) / Self.retraining
    evaluated = result.work.evaluatedRows
  }

  var json: JSONValue {
    func number(_ value: Double?) -> JSONValue { value.map { JSONValue($0) } ?? .null }
    return .present([
      "request": JSONValue(kind.rawValue), "seed": JSONValue(seed), "state": JSONValue(state),
      "method": baseline.map { JSONValue($0.method.rawValue) },
      "learning_rate": baseline.map { .number($0.learningRate) },
      "membership_auc": number(membershipAUC), "class_accuracy": number(classAccuracy),
      "retain_accuracy": number(retainAccuracy), "heldout_change": number(heldoutChange),
      "image_share": JSONValue(imageShare),
    ])
  }

  static let header =
    "request      seed state     reason       steps   AUC    class  retain   rise     held-out  images  evaluated seconds"

  var line: String {
    [
      kind.rawValue.padded(12), "\(seed)".padded(4), state.padded(9), reason.padded(12), "\(steps)".padded(5),
      membershipAUC.shown(3).padded(6), classAccuracy.shown(3).padded(6), retainAccuracy.shown(4).padded(7),
      retainRise.shown(4).padded(8), heldoutChange.shown(4).padded(9), "\((imageShare * 100).shown(2)) %".padded(7),
      "\(evaluated)".padded(9), seconds.shown(0).padded(7),
      baseline.map { "\($0.method.rawValue) \($0.learningRate)" } ?? "",
    ].joined(separator: " ")
  }
}

extension String {
  func padded(_ width: Int) -> String { count >= width ? self : self + String(repeating: " ", count: width - count) }
}

extension Double {
  /// With so many digits after the point.
  func shown(_ digits: Int) -> String {
    guard isFinite else { return "-" }
    var scale = 1.0
    for _ in 0..<digits { scale *= 10 }
    let whole = (self.magnitude * scale).rounded()
    guard whole < 1e15 else { return "\(self)" }
    let text = "\(Int(whole))"
    let filled = String(repeating: "0", count: max(0, digits + 1 - text.count)) + text
    let sign = self < 0 && whole > 0 ? "-" : ""
    return digits == 0 ? sign + filled : sign + filled.dropLast(digits) + "." + filled.suffix(digits)
  }
}

extension Double? {
  func shown(_ digits: Int) -> String { self?.shown(digits) ?? "-" }
}

/// To standard output at once, also where that is a file.
func say(_ line: String) { FileHandle.standardOutput.write(Data((line + "\n").utf8)) }
