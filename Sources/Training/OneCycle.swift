import Glibc

/// The rate of each step: up from a 25th to the highest, then down to next to nothing, both along half a cosine. Smith
/// and Topin, "Super-Convergence" (2018), as `torch.optim.lr_scheduler.OneCycleLR` has it, without its cycled momentum.
package struct OneCycle: Sendable, Equatable {
  package let highest: Double
  package let steps: Int

  private static let warmup = 0.3
  private static let initialDivisor = 25.0
  private static let finalDivisor = 1e4

  package init(highest: Double, steps: Int) {
    self.highest = highest
    self.steps = steps
  }

  /// - Parameter step: from 0.
  package func rate(at step: Int) -> Double {
    let initial = highest / Self.initialDivisor
    let top = Self.warmup * Double(steps) - 1
    let last = Double(steps - 1)
    let now = Double(step)
    // The schedule's last rate is next to nothing; a training of one step must not be spent on it.
    guard steps > 1 else { return highest }
    if now <= top { return Self.between(initial, highest, now / top) }
    return Self.between(highest, initial / Self.finalDivisor, (now - top) / (last - top))
  }

  private static func between(_ start: Double, _ end: Double, _ share: Double) -> Double {
    guard share.isFinite else { return end }
    return end + (start - end) / 2 * (1 + cos(Double.pi * min(1, max(0, share))))
  }
}
