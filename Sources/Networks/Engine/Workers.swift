import Synchronization

/// The buffers of an engine's workers and what each does with them.
///
/// `@unchecked Sendable`: `passes[w]` and `slots[w]` belong to worker w; `halves` to their first slot until its turn
/// is over, then to the slot whose turn it is (`order`); `weights` are written unit by unit in `prepare` and only read after the team met.
final class Workers: @unchecked Sendable {
  let program: Program
  private let network: Network
  private let weights: FoldedWeights<Float>
  private let passes: [Pass<Float>]
  private let slots: [RawGradient<Float>]
  /// Of the first side, then of the second.
  private let halves: [RawGradient<Float>]
  private let unfoldings: [Unfolding<Float>]
  private let order: [SlotOrder]
  private let microBatch: Int
  private let alive: @Sendable () -> Void
  private let failure = Mutex<(any Error)?>(nil)
  private let failed = Atomic<Bool>(false)
  private let nextBatch = Atomic<Int>(0)

  init(
    network: Network, program: Program, plan: BackwardPlan, size: (workers: Int, microBatch: Int),
    alive: @escaping @Sendable () -> Void
  ) {
    self.network = network
    self.program = program
    self.alive = alive
    microBatch = size.microBatch
    let weights = FoldedWeights<Float>(program, plan: plan)
    self.weights = weights
    passes = (0..<size.workers).map { _ in Pass(program, plan: plan, images: size.microBatch) }
    slots = (0..<min(size.workers, RowSlots.count)).map { _ in RawGradient(weights) }
    halves = (0..<(2 * RowSlots.halves)).map { _ in RawGradient(weights) }
    order = (0..<RowSlots.halves).map { _ in SlotOrder() }
    unfoldings = (0..<RowSlots.halves).map { _ in
      Unfolding(weights, layout: network.layout, specs: network.specs)
    }
  }

  deinit {
    unfoldings.forEach { $0.release() }
  }

  func start() {
    failure.withLock { $0 = nil }
    failed.store(false, ordering: .relaxed)
    nextBatch.store(0, ordering: .relaxed)
    order.forEach { $0.reset() }
  }

  /// Lays out the weights; units are dealt out to the workers.
  func prepare(_ worker: Int) {
    for unit in stride(from: worker, to: program.units.count, by: passes.count) {
      weights.prepare(unit, from: network)
    }
  }

  /// One worker's slots of one side.
  func accumulate<E: Error>(_ side: Side, worker: Int, fill: Engine.Fill<E>) {
    for slot in stride(from: worker, to: RowSlots.count, by: passes.count) {
      let (half, place) = (slot % RowSlots.halves, slot / RowSlots.halves)
      let whole = halves[side.number * RowSlots.halves + half]
      // A half's first slot is the sum that the others are added to: nobody touches it before its turn is over.
      let sum = place == 0 ? whole : slots[worker]
      sum.zero()
      accumulate(side, slot: slot, pass: passes[worker], into: sum, fill: fill)
      order[half].take(side.number * RowSlots.perHalf + place) {
        if place > 0 { whole.add(sum) }
        if place == RowSlots.perHalf - 1 {
          unfoldings[half].unfold(whole, parameters: network, into: side.flat(half))
        }
      }
    }
  }

  private func accumulate<E: Error>(
    _ side: Side, slot: Int, pass: Pass<Float>, into sum: RawGradient<Float>, fill: Engine.Fill<E>
  ) {
    let rows = RowSlots.rows(of: slot, rows: side.tasks.count)
    for index in 0..<((rows + microBatch - 1) / microBatch) {
      let positions = RowSlots.positions(slot: slot, rows: side.tasks.count, microBatch: microBatch, index: index)
      guard deliver(positions, pass, fill) else { return }
      pass.load(UnsafePointer(pass.staging), count: positions.count)
      let logits = pass.forward(weights, count: positions.count)
      for (row, position) in positions.enumerated() {
        side.outcomes[position] = Classification.gradient(
          dlogits: pass.logitsGradient + row * program.classes, logits: logits + row * program.classes,
          classes: program.classes, task: side.tasks[position])
      }
      pass.backward(weights, count: positions.count, adding: sum)
      alive()
    }
  }

  /// Micro-batches of consecutive rows, taken by whoever is free: no sum runs over rows here.
  func evaluate<E: Error>(
    rows: Int, worker: Int, fill: Engine.Fill<E>, take: @Sendable (RowPositions, UnsafePointer<Float>) -> Void
  ) {
    let pass = passes[worker]
    while true {
      let first = nextBatch.add(1, ordering: .relaxed).oldValue * microBatch
      guard first < rows else { return }
      let positions = RowPositions(first: first, stride: 1, count: min(microBatch, rows - first))
      guard deliver(positions, pass, fill) else { return }
      pass.load(UnsafePointer(pass.staging), count: positions.count, forwardOnly: true)
      take(positions, pass.forward(weights, count: positions.count, forwardOnly: true))
      alive()
    }
  }

  /// Has the rows delivered into the staging buffer; false once anybody's delivery failed.
  private func deliver<E: Error>(_ positions: RowPositions, _ pass: Pass<Float>, _ fill: Engine.Fill<E>) -> Bool {
    guard !failed.load(ordering: .relaxed) else { return false }
    do throws(E) {
      try fill(
        positions, UnsafeMutableBufferPointer(start: pass.staging, count: positions.count * program.input.count))
      return true
    } catch {
      failed.store(true, ordering: .relaxed)
      failure.withLock { $0 = $0 ?? error }
      return false
    }
  }

  /// Throws the first failure of a delivery, if there was one.
  func rethrow<E: Error>(_ type: E.Type) throws(E) {
    if let error = failure.withLock({ $0 }) as? E { throw error }
  }
}

/// One side of a pair while it is computed: pointers into what the caller keeps alive and still during the call.
struct Side: @unchecked Sendable {
  let tasks: UnsafeBufferPointer<RowTask>
  let outcomes: UnsafeMutableBufferPointer<RowOutcome>
  /// 0 for the first side of a call, 1 for the second.
  let number: Int
  private let even: UnsafeMutablePointer<Float>
  private let odd: UnsafeMutablePointer<Float>

  init(
    _ tasks: UnsafeBufferPointer<RowTask>, _ gradients: HalfGradients,
    _ outcomes: UnsafeMutableBufferPointer<RowOutcome>, number: Int
  ) {
    self.tasks = tasks
    self.outcomes = outcomes
    self.number = number
    even = gradients.even.start
    odd = gradients.odd.start
  }

  func flat(_ half: Int) -> UnsafeMutablePointer<Float> { half == 0 ? even : odd }
}
