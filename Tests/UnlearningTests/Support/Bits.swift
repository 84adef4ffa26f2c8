import Checkpoints
import Unlearning

extension WeightMap {
  /// Every float's bit pattern, so that two runs can be compared to the last bit.
  var bits: [[UInt32]] { tensors.map { $0.withFloats { $0.map(\.bitPattern) } } }
}

extension RunOutcome {
  var result: RunResult? { if case .ended(let result) = self { result } else { nil } }
  var isReady: Bool { if case .ready = self { true } else { false } }
}

extension Verification {
  var confirmed: RunResult? { if case .confirmed(let result) = self { result } else { nil } }
}
