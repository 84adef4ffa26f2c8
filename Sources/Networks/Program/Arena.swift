/// Places in one allocation for tensors that live for a while: two share a place when their times do not overlap.
struct ArenaPlanner {
  private struct Placed {
    let range: Range<Int>
    let time: ClosedRange<Int>
  }

  private var placed: [Placed] = []
  /// Elements needed so far.
  private(set) var size = 0

  /// The lowest place of `count` elements that is free during `time`, at a multiple of 16 elements.
  mutating func place(_ count: Int, time: ClosedRange<Int>) -> Int {
    let count = (count + 15) / 16 * 16
    let busy = placed.filter { $0.time.overlaps(time) }.map(\.range).sorted { $0.lowerBound < $1.lowerBound }
    var offset = 0
    for range in busy where range.upperBound > offset {
      if range.lowerBound >= offset + count { break }
      offset = range.upperBound
    }
    placed.append(Placed(range: offset..<(offset + count), time: time))
    size = max(size, offset + count)
    return offset
  }
}

/// Where each tensor and each gradient of a program lies in a worker's arena, for micro-batches of a given size.
struct Arena: Sendable {
  let activations: [Int]
  /// By the tensor whose memory it is (`BackwardPlan.home`); -1 where nobody wants the gradient.
  let gradients: [Int]
  let size: Int

  /// Time runs from 0 through the forward steps, and back from `steps.count` on. For a forward pass alone,
  /// activations go as soon as they have been used.
  init(_ program: Program, plan: BackwardPlan, images: Int, forwardOnly: Bool) {
    let steps = program.steps.count
    var made = Array(repeating: 0, count: program.tensors.count)
    var firstUse = Array(repeating: steps, count: program.tensors.count)
    var lastUse = Array(repeating: 0, count: program.tensors.count)
    var neededByMaker = Array(repeating: false, count: program.tensors.count)
    for (time, step) in program.steps.enumerated() {
      made[program.output(of: step)] = time
      if case .maximumPool(_, let output) = step { neededByMaker[output] = true }
      var inputs = [program.input(of: step)]
      if case .unit(let unit) = step, let residual = program.units[unit].residual { inputs.append(residual) }
      for input in inputs {
        firstUse[input] = min(firstUse[input], time)
        lastUse[input] = max(lastUse[input], time)
      }
    }
    lastUse[program.logits] = steps
    var planner = ArenaPlanner()
    activations = program.tensors.indices.map { tensor in
      let used = neededByMaker[tensor] ? made[tensor] : firstUse[tensor]
      let end = forwardOnly ? lastUse[tensor] : 2 * steps - used
      return planner.place(program.tensors[tensor].count * images, time: made[tensor]...max(made[tensor], end))
    }
    var times: [ClosedRange<Int>?] = Array(repeating: nil, count: program.tensors.count)
    if !forwardOnly {
      for tensor in program.tensors.indices.dropFirst() {
        let home = plan.home[tensor]
        let own = (2 * steps - lastUse[tensor])...(2 * steps - made[tensor])
        let known = times[home] ?? own
        times[home] = min(known.lowerBound, own.lowerBound)...max(known.upperBound, own.upperBound)
      }
    }
    gradients = times.enumerated().map { tensor, time in
      time.map { planner.place(program.tensors[tensor].count * images, time: $0) } ?? -1
    }
    size = planner.size
  }
}
