import Glibc

/// Loss, log-odds and gradient of one row's logits, in float64 whatever the logits are.
package enum Classification {
  /// What the logits say of the row (`RowOutcome`). The label must be one of the classes: a data set whose labels go
  /// beyond them was to be refused when it was opened.
  package static func outcome<S: Scalar>(_ logits: UnsafePointer<S>, classes: Int, label: Int) -> RowOutcome {
    precondition((0..<classes).contains(label), "a label outside the network's classes")
    var best = 0
    for k in 1..<classes where logits[k] > logits[best] { best = k }
    let right = Double(logits[label])
    let all = logSumExp(logits, classes: classes, without: nil)
    let others = logSumExp(logits, classes: classes, without: label)
    return RowOutcome(loss: all - right, phi: right - others, correct: best == label)
  }

  /// dlogits = weight * d loss / d logits for the task's objective. Returns the outcome, which it needs anyway.
  package static func gradient<S: Scalar>(
    dlogits: UnsafeMutablePointer<S>, logits: UnsafePointer<S>, classes: Int, task: RowTask
  ) -> RowOutcome {
    let label = Int(task.label)
    let outcome = outcome(logits, classes: classes, label: label)
    let weight = Double(task.weight)
    switch task.objective {
    case .crossEntropy:
      crossEntropy(dlogits, logits, classes: classes, all: Double(logits[label]) + outcome.loss, (label, weight))
    case .hingeMargin(let target):
      guard outcome.phi > target else {
        // Not above its target: left alone. A phi that is not a number must not look like one that has arrived.
        let nothing = outcome.phi.isNaN ? S.nan : 0
        for k in 0..<classes { dlogits[k] = nothing }
        return outcome
      }
      let others = Double(logits[label]) - outcome.phi
      for k in 0..<classes {
        dlogits[k] = S(weight * (k == label ? 1 : -exp(Double(logits[k]) - others)))
      }
    case .distillation(let reference, let divergence, let share):
      precondition(reference.count == classes, "a reference of another number of classes")
      let all = Double(logits[label]) + outcome.loss
      let before = reference.withUnsafeBufferPointer {
        $0.baseAddress.map { logSumExp($0, classes: classes, without: nil) }
      }
      for k in 0..<classes {
        let p = exp(Double(logits[k]) - all)
        let kept = exp(Double(reference[k]) - (before ?? 0))
        dlogits[k] = S(weight * (divergence * (p - kept) + share * (k == label ? p - 1 : p)))
      }
    case .preference(let referenceLoss, let beta):
      // d l / d log p_y = 2 (p_y / before_y)^beta / (1 + (p_y / before_y)^beta): fades as the row is forgotten.
      let slope = 2 / (1 + exp(beta * (outcome.loss - referenceLoss)))
      crossEntropy(
        dlogits, logits, classes: classes, all: Double(logits[label]) + outcome.loss, (label, -weight * slope))
    }
    return outcome
  }

  /// dlogits = weight * d cross-entropy / d logits; `all` is the logarithm of the sum of exp(logits).
  private static func crossEntropy<S: Scalar>(
    _ dlogits: UnsafeMutablePointer<S>, _ logits: UnsafePointer<S>, classes: Int, all: Double,
    _ row: (label: Int, weight: Double)
  ) {
    for k in 0..<classes {
      let p = exp(Double(logits[k]) - all)
      dlogits[k] = S(row.weight * (k == row.label ? p - 1 : p))
    }
  }

  private static func logSumExp<S: Scalar>(
    _ logits: UnsafePointer<S>, classes: Int, without omitted: Int?
  ) -> Double {
    var largest = -Double.infinity
    for k in 0..<classes where k != omitted { largest = max(largest, Double(logits[k])) }
    guard largest.isFinite else { return largest }
    var sum = 0.0
    for k in 0..<classes where k != omitted { sum += exp(Double(logits[k]) - largest) }
    return largest + log(sum)
  }
}
