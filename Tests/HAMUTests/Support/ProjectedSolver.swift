/// A naive solver of: minimise sum a_i.d_i subject to sum b_i.d_i >= Q and |d_i| <= R_i. It knows no closed form: it goes
/// down a + penalty and projects each block onto its ball, over and over (the method of multipliers). Slow, and good to
/// about five digits.
struct ProjectedSolver {
  let blocks: [Block]
  let radii: [Double]
  let quota: Double

  /// The cost sum a_i.d_i of the best steps found that meet the quota to `tolerance`.
  func cost(rounds: Int = 400, inner: Int = 60) -> Double {
    var steps = blocks.map { [Double](repeating: 0, count: $0.a.count) }
    var multiplier = 0.0
    // Curvature of the penalty is rho sum |b|^2, so this rate is stable.
    let curvature = blocks.reduce(0) { $0 + dot($1.b, $1.b) }
    let scale = max(1e-12, blocks.reduce(0) { $0 + dot($1.a, $1.a) }.squareRoot())
    let rho = scale / max(1e-12, curvature.squareRoot() * max(1e-12, radii.reduce(0, +)))
    for _ in 0..<rounds {
      for _ in 0..<inner {
        let reached = zip(blocks, steps).reduce(0) { $0 + dot($1.0.b, $1.1) }
        let push = max(0, multiplier + rho * (quota - reached))
        for index in blocks.indices { descend(&steps[index], index, push, rate: 1 / max(1e-12, rho * curvature)) }
      }
      let reached = zip(blocks, steps).reduce(0) { $0 + dot($1.0.b, $1.1) }
      multiplier = max(0, multiplier + rho * (quota - reached))
    }
    return zip(blocks, steps).reduce(0) { $0 + dot($1.0.a, $1.1) }
  }

  private func descend(_ step: inout [Double], _ index: Int, _ push: Double, rate: Double) {
    let block = blocks[index]
    for element in step.indices { step[element] -= rate * (block.a[element] - push * block.b[element]) }
    let length = norm(step)
    if length > radii[index] { step = step.map { $0 * radii[index] / length } }
  }
}
