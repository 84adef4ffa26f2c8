/// The gradient of one batch in two halves, rows at even and at odd positions (algorithm.md, "Hardness without the
/// batch's noise"): flat float32 vectors, each the weighted sum over its own rows. With weights 1/(rows of the half)
/// a half is the mean over its rows, and the batch's gradient is `evenShare * even + oddShare * odd`.
///
/// The engine sets the shares to (rows of the half)/(rows of the batch); a caller whose weights mean something else
/// sets them after the call.
package final class HalfGradients {
  package let layout: FlatLayout
  package let even: FlatBuffer
  package let odd: FlatBuffer
  package var evenShare = 0.5
  package var oddShare = 0.5

  package init(layout: FlatLayout) {
    self.layout = layout
    even = FlatBuffer(count: layout.count)
    odd = FlatBuffer(count: layout.count)
  }

  /// Rows at even positions among the first `count`.
  package static func evenRows(of count: Int) -> Int { (count + 1) / 2 }
  /// Rows at odd positions among the first `count`.
  package static func oddRows(of count: Int) -> Int { count / 2 }

  /// The batch's gradient as one float32 vector, rounded once; for files and tests.
  package func mean() -> [Float] {
    even.withFloats { even in
      odd.withFloats { odd in
        (0..<layout.count).map { Float(evenShare * Double(even[$0]) + oddShare * Double(odd[$0])) }
      }
    }
  }
}
