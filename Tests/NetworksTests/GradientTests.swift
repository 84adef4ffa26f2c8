import Glibc
import Networks
import Testing

/// The whole path in float64 against central differences: every layer, every wiring of a block, both objectives.
@Suite struct GradientTests {
  static let images = 3

  @Test(arguments: TestNetwork.all)
  func gradient_inFloat64_equalsCentralDifferences(_ net: TestNetwork) {
    let parameters = net.parameters(seed: 11)
    var numbers = Numbers(12)
    let rows: [Double] = numbers.array(Self.images * net.architecture.inputCount)
    let tasks = [
      RowTask(label: 1, weight: 0.5), RowTask(label: 2, objective: .hingeMargin(target: -9), weight: -0.75),
      RowTask(label: 0, objective: .hingeMargin(target: 9), weight: 1),
    ]
    check(net, parameters, rows, tasks)
  }

  /// The losses that look at the model before: KL(before || now) beside cross-entropy, and negative preference where the
  /// row is surer and less sure than before.
  @Test(arguments: TestNetwork.all)
  func gradientAgainstAReference_inFloat64_equalsCentralDifferences(_ net: TestNetwork) {
    var numbers = Numbers(14)
    let rows: [Double] = numbers.array(Self.images * net.architecture.inputCount)
    let reference: [Double] = numbers.array(4, scale: 2)
    let tasks = [
      RowTask(
        label: 1,
        objective: .distillation(reference: reference.map { Float($0) }, divergence: 0.6, crossEntropy: 0.3),
        weight: 0.8),
      RowTask(label: 2, objective: .preference(referenceLoss: 0.01, beta: 0.4), weight: -0.75),
      RowTask(label: 0, objective: .preference(referenceLoss: 9, beta: 2), weight: 1),
    ]
    check(net, net.parameters(seed: 13), rows, tasks)
  }

  private func check(_ net: TestNetwork, _ parameters: [[Double]], _ rows: [Double], _ tasks: [RowTask]) {
    let pass = DirectPass<Double>(net.architecture, images: Self.images)
    let gradients = pass.gradients(parameters: parameters, rows: rows, tasks: tasks)

    func loss(_ parameters: [[Double]]) -> Double {
      NaiveLoss.total(pass.logits(parameters: parameters, rows: rows), tasks: tasks)
    }
    for (index, spec) in net.architecture.parameters.enumerated() where spec.trains {
      let (worst, size) = CentralDifferences.check(parameters, index, gradient: gradients[index], loss: loss)
      #expect(worst < 1e-6 * max(size, 1e-3), "\(spec.name): off by \(worst) of \(size)")
    }
  }
}

/// Loss of rows from their logits, by the definitions.
enum NaiveLoss {
  static func total(_ logits: [Double], tasks: [RowTask]) -> Double {
    let classes = logits.count / tasks.count
    return tasks.enumerated().reduce(0) { total, entry in
      let row = logits[(entry.offset * classes)..<((entry.offset + 1) * classes)].map { $0 }
      return total + Double(entry.element.weight) * one(row, entry.element)
    }
  }

  static func one(_ logits: [Double], _ task: RowTask) -> Double {
    let label = Int(task.label)
    let all = logSumExp(logits)
    switch task.objective {
    case .crossEntropy: return logSumExp(logits) - logits[label]
    case .hingeMargin(let target):
      let others = logits.enumerated().filter { $0.offset != label }.map(\.element)
      return max(logits[label] - logSumExp(others) - target, 0)
    case .distillation(let reference, let divergence, let share):
      let before = reference.map { Double($0) }
      let kl = zip(before, logits).reduce(0) { sum, pair in
        let kept = pair.0 - logSumExp(before)
        return sum + exp(kept) * (kept - (pair.1 - all))
      }
      return divergence * kl + share * (all - logits[label])
    case .preference(let referenceLoss, let beta):
      return 2 / beta * log(1 + exp(beta * (logits[label] - all + referenceLoss)))
    }
  }
}

enum CentralDifferences {
  /// Largest difference between `gradient` of parameter `index` and central differences of `loss`, over at most a dozen of
  /// its elements, and the gradient's largest element there. Two step sizes: where they disagree with each other a
  /// ReLU or a maximum has its kink in between, and the element proves nothing.
  static func check(
    _ parameters: [[Double]], _ index: Int, gradient: [Double], loss: ([[Double]]) -> Double
  ) -> (worst: Double, size: Double) {
    var (worst, size, used) = (0.0, 0.0, 0)
    let count = parameters[index].count
    for element in stride(from: 0, to: count, by: max(1, count / 12)) {
      func slope(_ step: Double) -> Double {
        var (above, below) = (parameters, parameters)
        above[index][element] += step
        below[index][element] -= step
        return (loss(above) - loss(below)) / (2 * step)
      }
      let (near, far) = (slope(1e-5), slope(2e-5))
      guard abs(near - far) < 1e-7 * max(abs(near), 1e-2) else { continue }
      used += 1
      worst = max(worst, abs(near - gradient[element]))
      size = max(size, abs(gradient[element]))
    }
    return used > 0 ? (worst, size) : (.infinity, 0)
  }
}

func logSumExp(_ values: [Double]) -> Double {
  let largest = values.max() ?? -.infinity
  return largest + log(values.reduce(0) { $0 + exp($1 - largest) })
}
