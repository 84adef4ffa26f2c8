import Synchronization

/// Runs a network over batches: gradients with frozen BatchNorm statistics, and evaluation.
///
/// One worker per core, each with its own rows, its own buffers (allocated here, once) and single-threaded BLAS. The
/// thread that calls is the first worker, so an engine with one worker starts no thread. Memory grows with the
/// network and the micro-batch, not with the batch. Weights are read at the start of each call, so they may be
/// changed between calls and not during one. One call at a time.
package final class Engine {
  package let network: Network
  /// Shared with `BlockAlgebra`, so that a process has one set of workers.
  package let team: WorkerTeam
  package let microBatch: Int
  let workers: Workers

  /// - Parameters:
  ///   - workers: threads that compute, the calling one included; results do not depend on it.
  ///   - microBatch: rows that go through the network together; nil takes what suits the network's size.
  ///   - alive: called after each micro-batch by the worker that did it, as a sign of life.
  package init(
    network: Network, workers: Int, microBatch: Int? = nil, alive: @escaping @Sendable () -> Void = {}
  ) {
    BLASThreads.useOne()
    self.network = network
    let program = Program(network.architecture)
    let plan = BackwardPlan(program)
    self.microBatch = microBatch ?? Self.suitableMicroBatch(program, plan)
    team = WorkerTeam(count: workers)
    self.workers = Workers(
      network: network, program: program, plan: plan, size: (team.count, self.microBatch), alive: alive)
  }

  /// As many rows as keep a worker's arena at some megabytes: few, so that activations stay in the caches, but enough
  /// for matrix products that are worth their call.
  private static func suitableMicroBatch(_ program: Program, _ plan: BackwardPlan) -> Int {
    let row = Arena(program, plan: plan, images: 1, forwardOnly: false).size * MemoryLayout<Float>.stride
    return min(64, max(4, (8 << 20) / max(row, 1)))
  }

  /// Delivers rows: for each position the row's floats [channels, height, width] one after the other, as many as
  /// `positions` has. Called by several workers at once.
  package typealias Fill<E: Error> =
    @Sendable (
      _ positions: RowPositions, _ rows: UnsafeMutableBufferPointer<Float>
    ) throws(E) -> Void

  /// Gradient of sum over rows of weight * loss, in two halves by position (`HalfGradients`). `gradients` is
  /// overwritten. Throws what `fill` threw; then the gradients are of no use.
  package func gradients<E: Error>(
    of tasks: [RowTask], into gradients: HalfGradients, fill: @escaping Fill<E>
  ) throws(E) -> [RowOutcome] {
    var outcomes = PairedOutcomes()
    let batch = GradientBatch(tasks: tasks, gradients: gradients)
    try run(batch, fill, nil, fill, outcomes: &outcomes)
    return outcomes.retain
  }

  /// Two gradients at the same weights in one go: workers need not wait for each other in between, and the weights
  /// are laid out for the kernels once. Same bits as two calls of `gradients`.
  package func pairedGradients<E: Error>(
    retain: GradientBatch, retainFill: @escaping Fill<E>, forget: GradientBatch, forgetFill: @escaping Fill<E>
  ) throws(E) -> (retain: [RowOutcome], forget: [RowOutcome]) {
    var outcomes = PairedOutcomes()
    try run(retain, retainFill, forget, forgetFill, outcomes: &outcomes)
    return (outcomes.retain, outcomes.forget)
  }

  /// `pairedGradients` with deliveries and into arrays that are kept from step to step, so that a steady run allocates
  /// nothing.
  package func pairedGradients<E: Error>(
    retain: GradientBatch, from retainRows: RowDelivery<E>, forget: GradientBatch, from forgetRows: RowDelivery<E>,
    outcomes: inout PairedOutcomes
  ) throws(E) {
    try run(retain, retainRows.fill, forget, forgetRows.fill, outcomes: &outcomes)
  }

  private func run<E: Error>(
    _ first: GradientBatch, _ firstFill: @escaping Fill<E>, _ second: GradientBatch?,
    _ secondFill: @escaping Fill<E>, outcomes: inout PairedOutcomes
  ) throws(E) {
    workers.start()
    team.run(PrepareWork(workers: workers))
    outcomes.resize(first.tasks.count, second?.tasks.count ?? 0)
    first.setShares()
    second?.setShares()
    outcomes.retain.withUnsafeMutableBufferPointer { retain in
      outcomes.forget.withUnsafeMutableBufferPointer { forget in
        first.tasks.withUnsafeBufferPointer { firstTasks in
          (second?.tasks ?? []).withUnsafeBufferPointer { secondTasks in
            let firstSide = Side(firstTasks, first.gradients, retain, number: 0)
            let secondSide = second.map { Side(secondTasks, $0.gradients, forget, number: 1) }
            team.run(
              GradientWork(
                workers: workers, first: firstSide, second: secondSide, firstFill: firstFill, secondFill: secondFill))
          }
        }
      }
    }
    try workers.rethrow(E.self)
  }

  /// Forward only: what each of `labels.count` rows gives.
  package func evaluate<E: Error>(labels: [Int32], fill: Fill<E>) throws(E) -> [RowOutcome] {
    var outcomes = Array(repeating: RowOutcome(loss: 0, phi: 0, correct: false), count: labels.count)
    let classes = workers.program.classes
    try outcomes.withUnsafeMutableBufferPointer { outcomes throws(E) in
      let out = Shared(outcomes)
      try forward(rows: labels.count, fill: fill) { positions, logits in
        for (index, position) in positions.enumerated() {
          out.buffer[position] = Classification.outcome(
            logits + index * classes, classes: classes, label: Int(labels[position]))
        }
      }
    }
    return outcomes
  }

  /// Forward only: logits [rows, classes].
  package func logits<E: Error>(rows: Int, fill: Fill<E>) throws(E) -> [Float] {
    let classes = workers.program.classes
    var all: [Float] = Array(repeating: 0, count: rows * classes)
    try all.withUnsafeMutableBufferPointer { all throws(E) in
      let out = Shared(all)
      try forward(rows: rows, fill: fill) { positions, logits in
        for (index, position) in positions.enumerated() {
          for k in 0..<classes { out.buffer[position * classes + k] = logits[index * classes + k] }
        }
      }
    }
    return all
  }

  private func forward<E: Error>(
    rows: Int, fill: Fill<E>, take: @Sendable (RowPositions, UnsafePointer<Float>) -> Void
  ) throws(E) {
    workers.start()
    let workers = workers
    team.run(PrepareWork(workers: workers))
    team.run { workers.evaluate(rows: rows, worker: $0, fill: fill, take: take) }
    try workers.rethrow(E.self)
  }
}

private struct PrepareWork: TeamWork {
  let workers: Workers

  func run(_ worker: Int) { workers.prepare(worker) }
}

private struct GradientWork<E: Error>: TeamWork {
  let workers: Workers
  let first: Side
  let second: Side?
  let firstFill: Engine.Fill<E>
  let secondFill: Engine.Fill<E>

  func run(_ worker: Int) {
    workers.accumulate(first, worker: worker, fill: firstFill)
    if let second { workers.accumulate(second, worker: worker, fill: secondFill) }
  }
}

/// A `fill` in the form in which the engine calls it. A closure that throws a certain error has to be wrapped whenever it
/// is handed to a function for any error; this is wrapped once.
package struct RowDelivery<E: Error>: Sendable {
  let fill: Engine.Fill<E>

  package init(_ fill: @escaping Engine.Fill<E>) { self.fill = fill }
}

/// One side of a pair: what its rows contribute, and where the gradient goes.
package struct GradientBatch {
  package let tasks: [RowTask]
  package let gradients: HalfGradients

  package init(tasks: [RowTask], gradients: HalfGradients) {
    self.tasks = tasks
    self.gradients = gradients
  }

  /// Each half counts by its rows.
  func setShares() {
    let rows = Double(max(1, tasks.count))
    gradients.evenShare = Double(HalfGradients.evenRows(of: tasks.count)) / rows
    gradients.oddShare = Double(HalfGradients.oddRows(of: tasks.count)) / rows
  }
}

/// What the rows of a pair gave, in the order of their tasks.
package struct PairedOutcomes {
  package var retain: [RowOutcome] = []
  package var forget: [RowOutcome] = []

  package init() {}

  mutating func resize(_ retainRows: Int, _ forgetRows: Int) {
    let nothing = RowOutcome(loss: 0, phi: 0, correct: false)
    if retain.count != retainRows { retain = Array(repeating: nothing, count: retainRows) }
    if forget.count != forgetRows { forget = Array(repeating: nothing, count: forgetRows) }
  }
}

/// A buffer that workers write in disjoint places between two meetings of their team.
///
/// `@unchecked Sendable`: the places are disjoint, and whoever reads them does so after the team met.
struct Shared<T>: @unchecked Sendable {
  let buffer: UnsafeMutableBufferPointer<T>

  init(_ buffer: UnsafeMutableBufferPointer<T>) { self.buffer = buffer }
}
