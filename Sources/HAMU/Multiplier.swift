/// All blocks at once: minimise sum a_i.d_i subject to sum b_i.d_i >= Q and |d_i| <= R_i, by its one multiplier m >= 0.
///
///     d_i(m) = -R_i (a_i - m b_i) / |a_i - m b_i|
///     S(m)   = sum b_i.d_i     never falls as m grows
///     F(m)   = sum a_i.d_i     never falls as m grows
///
/// A parallel block, a_i = c_i b_i, has d_i = -R_i b_i/|b_i| below m = c_i and +R_i b_i/|b_i| above: S jumps there, and the
/// block takes the share t in [-1, 1] of its longest step that makes S exactly Q.
struct Multiplier {
  /// Where S(m) = Q or F(m) = 0: m, and the share of the blocks that jump at just this m (nil where none does).
  struct Root {
    var m: Double
    var share: Double?
  }

  /// One block, in the terms in which nothing cancels.
  private struct Term {
    /// R, and R|b|
    var radius: Double
    var reach: Double
    /// |b|
    var norm: Double
    /// c = kappa/|b|^2: a = c b + a_perp
    var slope: Double
    var perpSquared: Double
    /// |a|; all there is to a block with b = 0.
    var retainNorm: Double
    var jumps: Bool
  }

  private var terms: [Term] = []
  /// Where S jumps, ascending; only those with m >= 0.
  private var jumps: [Double] = []
  /// sum R_i |b_i|: S(m) as m grows without bound.
  private(set) var reach = 0.0

  init() {}

  init(_ blocks: [BlockProblem]) { set(blocks) }

  /// The same for other blocks, in the memory of those before.
  mutating func set(_ blocks: [BlockProblem]) {
    terms.removeAll(keepingCapacity: true)
    jumps.removeAll(keepingCapacity: true)
    reach = 0
    for block in blocks {
      let hasForget = block.forgetSquared > 0
      let term = Term(
        radius: block.radius, reach: block.reach, norm: block.forgetNorm,
        slope: hasForget ? block.kappa / block.forgetSquared : 0, perpSquared: block.perpSquared,
        retainNorm: block.retainNorm, jumps: hasForget && block.isParallel)
      terms.append(term)
      if term.jumps && term.slope >= 0 && !jumps.contains(term.slope) { jumps.append(term.slope) }
      reach += block.reach
    }
    jumps.sort()
  }

  /// S(m) and F(m) of all blocks but those that jump at just this m.
  func sums(at m: Double) -> (improvement: Double, cost: Double) {
    var improvement = 0.0
    var cost = 0.0
    for term in terms {
      if term.norm == 0 {
        cost -= term.radius * term.retainNorm
        continue
      }
      let along = (m - term.slope) * term.norm
      if term.jumps {
        let sign = along > 0 ? 1.0 : along < 0 ? -1.0 : 0.0
        improvement += sign * term.reach
        cost += sign * term.slope * term.reach
      } else {
        let length = (term.perpSquared + along * along).squareRoot()
        improvement += term.reach * along / length
        cost -= term.radius * (term.perpSquared - term.slope * term.norm * along) / length
      }
    }
    return (improvement, cost)
  }

  /// What the blocks that jump at m add to S and F when their share goes from 0 to 1.
  private func jump(at m: Double) -> (improvement: Double, cost: Double) {
    let reach = terms.reduce(0) { $1.jumps && $1.slope == m ? $0 + $1.reach : $0 }
    return (reach, m * reach)
  }

  /// The least m with S(m) >= Q: 0 where every block may go straight down its own gradient. Q must be within reach.
  func root(quota: Double) -> Root {
    if sums(at: 0).improvement >= quota { return Root(m: 0) }
    return root { $0.improvement - quota }
  }

  /// The greatest improvement whose cost is not above 0, Q0.
  func freeImprovement() -> Double {
    let unbounded = terms.reduce(0) {
      $1.norm == 0 ? $0 - $1.radius * $1.retainNorm : $0 + $1.slope * $1.reach
    }
    if unbounded <= 0 { return reach }
    let root = root { $0.cost }
    let jump = root.share == nil ? 0 : jump(at: root.m).improvement
    return max(0, sums(at: root.m).improvement + (root.share ?? 0) * jump)
  }

  /// Where `value`, which never falls, goes through 0.
  private func root(_ value: ((improvement: Double, cost: Double)) -> Double) -> Root {
    var low = 0.0
    for point in jumps {
      let around = sums(at: point)
      let jump = jump(at: point)
      let rest = value(around)
      let step = value((around.improvement + jump.improvement, around.cost + jump.cost)) - rest
      if rest - step > 0 && point > 0 { return Root(m: bisect(low, point, value)) }
      if rest + step >= 0 {
        return Root(m: point, share: step > 0 ? max(-1, min(1, -rest / step)) : 1)
      }
      low = point
    }
    var high = max(1, 2 * low)
    while value(sums(at: high)) < 0 && high < 1e100 { high *= 2 }
    return Root(m: bisect(low, high, value))
  }

  /// Halves (low, high), inside which nothing jumps, as far as float64 goes.
  private func bisect(
    _ low: Double, _ high: Double, _ value: ((improvement: Double, cost: Double)) -> Double
  ) -> Double {
    var below = low
    var above = high
    for _ in 0..<1100 {
      let middle = below + (above - below) / 2
      if middle <= below || middle >= above { break }
      if value(sums(at: middle)) < 0 { below = middle } else { above = middle }
    }
    // The ends themselves may be points where blocks jump: what is returned lies strictly between where it can.
    return above < high ? above : below
  }

  /// Appends the step of each block at a root.
  func solve(at root: Root, into solutions: inout [BlockSolution]) {
    for term in terms { solutions.append(solution(of: term, at: root)) }
  }

  private func solution(of term: Term, at root: Root) -> BlockSolution {
    let branch: BlockStep.Branch = root.m == 0 && root.share == nil ? .direct : .rectified
    if term.norm == 0 { return alongOwnGradient(term, branch) }
    let along = (root.m - term.slope) * term.norm
    if term.jumps && abs(along) <= 1e-6 * term.retainNorm {
      let sign = along > 0 ? 1.0 : along < 0 ? -1.0 : root.share ?? 0
      return straight(term, share: sign, branch)
    }
    let length = (term.perpSquared + along * along).squareRoot()
    return BlockSolution(
      alongRetain: -term.radius / length, alongForget: root.m * term.radius / length, branch: branch,
      retainChange: -term.radius * (term.perpSquared - term.slope * term.norm * along) / length,
      forgetChange: term.reach * along / length)
  }

  /// Appends the longest step along b of every block: where the quota is out of reach. Blocks with b = 0 stay.
  func goFurthest(into solutions: inout [BlockSolution]) {
    for term in terms {
      solutions.append(
        term.norm == 0 ? BlockSolution(branch: .infeasible) : straight(term, share: 1, .infeasible))
    }
  }

  /// d = t R b/|b|
  private func straight(_ term: Term, share: Double, _ branch: BlockStep.Branch) -> BlockSolution {
    BlockSolution(
      alongForget: share * term.radius / term.norm, branch: branch,
      retainChange: share * term.slope * term.reach, forgetChange: share * term.reach)
  }

  /// A block that has nothing to forget goes down its retain gradient, whatever m is.
  private func alongOwnGradient(_ term: Term, _ branch: BlockStep.Branch) -> BlockSolution {
    guard term.retainNorm > 0 else { return BlockSolution(branch: branch) }
    return BlockSolution(
      alongRetain: -term.radius / term.retainNorm, branch: branch, retainChange: -term.radius * term.retainNorm)
  }
}
