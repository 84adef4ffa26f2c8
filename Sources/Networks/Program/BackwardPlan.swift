/// How gradients flow back: for each step what becomes of its input's gradient, and which gradients share memory.
///
/// The gradient of a sum is the same for both terms, so a residual's gradient takes over the memory of the sum's
/// gradient instead of being copied; what the residual's other users contribute is added there later.
struct BackwardPlan: Sendable {
  struct Contribution: Sendable, Equatable {
    /// The input is the network's: nobody wants its gradient.
    var wanted = false
    /// Another step has contributed before: add.
    var adds = false
    /// Nobody contributes after: mask it and sum its columns while at it.
    var completes = false
  }

  /// For each step of the program, what it contributes to its input's gradient.
  let contributions: [Contribution]
  /// For each tensor, the tensor whose gradient's memory it uses: itself, or the sum it was a residual of.
  let home: [Int]
  /// For each unit, the unit whose column sums are also its own (the shortcut of a block shares the sum's).
  let sums: [Int]

  init(_ program: Program) {
    var home = Array(program.tensors.indices)
    var seen = Array(repeating: false, count: program.tensors.count)
    var contributions = Array(repeating: Contribution(), count: program.steps.count)
    var lastContributor: [Int?] = Array(repeating: nil, count: program.tensors.count)
    for (index, step) in program.steps.enumerated().reversed() {
      if case .unit(let unit) = step, let residual = program.units[unit].residual {
        precondition(!seen[residual], "a residual's gradient starts as the sum's")
        home[residual] = home[program.units[unit].output]
        seen[residual] = true
      }
      let input = program.input(of: step)
      guard input != 0 else { continue }
      contributions[index].wanted = true
      contributions[index].adds = seen[input]
      seen[input] = true
      lastContributor[input] = index
    }
    for case let index? in lastContributor { contributions[index].completes = true }
    self.contributions = contributions
    self.home = home
    sums = Self.sharedSums(program, lastContributor: lastContributor)
  }

  private static func sharedSums(_ program: Program, lastContributor: [Int?]) -> [Int] {
    var sums = Array(program.units.indices)
    for (index, unit) in program.units.enumerated() {
      guard let residual = unit.residual, lastContributor[residual] == nil else { continue }
      // Nobody but this sum uses the residual: a shortcut's output.
      for (maker, candidate) in program.units.enumerated() where candidate.output == residual {
        precondition(!candidate.rectified, "a shortcut has no ReLU of its own")
        sums[maker] = index
      }
    }
    return sums
  }
}

extension Program {
  func input(of step: Step) -> Int {
    switch step {
    case .unit(let unit): units[unit].input
    case .maximumPool(let input, _), .averagePool(let input, _): input
    }
  }

  func output(of step: Step) -> Int {
    switch step {
    case .unit(let unit): units[unit].output
    case .maximumPool(_, let output), .averagePool(_, let output): output
    }
  }

  /// The unit whose output the tensor is, if a unit made it.
  func maker(of tensor: Int) -> Int? {
    units.firstIndex { $0.output == tensor }
  }
}
