package import Networks

/// The forget side of one step: rows of the phase, then guards of both kinds, with the weights that make the batch's
/// gradient that of what is to grow.
///
/// Halves are the even and the odd positions. The rows of the phase count as the mean over their half; the halves' shares
/// are those of the phase's rows, so that the whole is the mean over all of them whatever guards there are.
package struct ForgetBatch: Sendable, Equatable {
  /// One kind of guard: its rows, and the weight of their mean in F.
  package struct Guards: Sendable, Equatable {
    package var rows: [GuardPool.Row]
    package var weight: Double

    package init(rows: [GuardPool.Row], weight: Double) {
      self.rows = rows
      self.weight = weight
    }
  }

  /// A loss of one row, and whether it is to grow or to fall.
  package enum Pushed: Sendable, Equatable {
    case raised(RowTask.Objective)
    case lowered(RowTask.Objective)

    var objective: RowTask.Objective {
      switch self {
      case .raised(let objective), .lowered(let objective): objective
      }
    }

    /// b is the gradient of what is to grow.
    var sign: Double { if case .raised = self { 1 } else { -1 } }
  }

  package private(set) var rows: [Int]
  package private(set) var tasks: [RowTask]
  package let evenShare: Double
  package let oddShare: Double
  /// How many of `rows`, from the first, are the phase's.
  package let phaseRows: Int
  package let isWhole: Bool

  /// - Parameters:
  ///   - pushed: what is raised or lowered of the batch's rows, by position; nil: cross-entropy is raised.
  ///   - labels: of all training rows.
  ///   - share: of the phase's rows, those that the batch stands for; the others are down at their targets, and the mean
  ///     is over all of them.
  package init(
    _ batch: BatchRows, pushed: [Pushed]? = nil, guards: [Guards], labels: [Int32], share phaseShare: Double = 1
  ) {
    let count = batch.rows.count
    let total = guards.reduce(count) { $0 + $1.rows.count }
    // A single row fills no odd half: then guards must still count.
    let counted = count > 1 ? count : total
    evenShare = counted > 0 ? Double(HalfGradients.evenRows(of: counted)) / Double(counted) : 1
    oddShare = 1 - evenShare
    phaseRows = count
    isWhole = batch.isWhole
    rows = batch.rows
    tasks = []
    for (position, row) in batch.rows.enumerated() {
      let push = pushed?[position] ?? .raised(.crossEntropy)
      append(push.objective, label: labels[row], weight: push.sign * phaseShare / Double(count))
    }
    for kind in guards where !kind.rows.isEmpty {
      for held in kind.rows {
        rows.append(held.row)
        append(
          .hingeMargin(target: held.target), label: labels[held.row], weight: -kind.weight / Double(kind.rows.count))
      }
    }
  }

  /// `weight` is in the whole batch; within a half it counts by one over the half's share.
  private mutating func append(_ objective: RowTask.Objective, label: Int32, weight: Double) {
    let share = tasks.count.isMultiple(of: 2) ? evenShare : oddShare
    tasks.append(RowTask(label: label, objective: objective, weight: Float(weight / share)))
  }
}
