import COpenBLAS

/// What OpenBLAS is on this machine, and whether it computes right.
package struct BLASReport: Sendable, Equatable {
  package let ok: Bool
  /// `openblas_get_config()`: version and build options.
  package let library: String
  /// `openblas_get_corename()`: which kernels were chosen.
  package let core: String
  /// Threads inside one product; 1, as this room sets it.
  package let threads: Int
  /// When not ok: which product was wrong, by how much, and what to set. Empty otherwise.
  package let detail: String
}

/// Old OpenBLAS builds compute wrong results on some new processors, silently: so products of sizes that touch the
/// edges of the kernels are compared with plain loops before anything else is done.
package enum BLASCheck {
  /// Takes some milliseconds, once for each process: its kernels stay what they are.
  package static func run() -> BLASReport { ofThisProcess }

  private static let ofThisProcess: BLASReport = {
    BLASThreads.useOne()
    return report(multiply: (Float.multiply, Double.multiply))
  }()

  package typealias Multiply<S> = (Product<S>) -> Void

  /// With the products to be judged as arguments, so that a test can plant a wrong one.
  package static func report(multiply: (single: Multiply<Float>, double: Multiply<Double>)) -> BLASReport {
    let core = String(cString: openblas_get_corename())
    let fault =
      firstFault("single", tolerance: 1e-5, multiply.single)
      ?? firstFault("double", tolerance: 1e-13, multiply.double)
    return BLASReport(
      ok: fault == nil, library: String(cString: openblas_get_config()), core: core,
      threads: Int(openblas_get_num_threads()), detail: fault.map { "\($0); \(advice(core))" } ?? "")
  }

  /// Sizes around the tiles of the kernels (multiples of 4, 6, 8, 12, 16 and 24 rows or columns, blocks of 256 and
  /// more inside), one short of and one beyond them.
  private static let sizes = [
    (1, 1, 1), (3, 5, 2), (8, 8, 8), (17, 15, 33), (24, 16, 64), (25, 7, 31), (48, 33, 129), (65, 47, 100),
    (96, 64, 257), (13, 97, 385),
  ]

  private static func firstFault<S: Scalar>(_ precision: String, tolerance: Double, _ multiply: Multiply<S>) -> String?
  {
    for size in sizes {
      for (left, right) in [(false, false), (true, false), (false, true)] {
        let off = worstError(size, left: left, right: right, multiply)
        guard off <= tolerance else {
          return "the \(precision)-precision product \(size.0) x \(size.2) times \(size.2) x \(size.1) "
            + "(\(left ? "left" : right ? "right" : "no") factor transposed) is wrong by \(off) of its size"
        }
      }
    }
    return nil
  }

  /// Largest error of out = left * right + out, relative to the sum of the terms' sizes; nan counts as infinite.
  private static func worstError<S: Scalar>(
    _ size: (m: Int, n: Int, k: Int), left leftTransposed: Bool, right rightTransposed: Bool, _ multiply: Multiply<S>
  ) -> Double {
    let (m, n, k) = size
    var random: UInt64 = 0x9E37_79B9_7F4A_7C15
    func numbers(_ count: Int) -> [S] {
      (0..<count).map { _ in
        random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return S(Int(random >> 40) - (1 << 23)) / S(1 << 23)
      }
    }
    let (a, b, c) = (numbers(m * k), numbers(k * n), numbers(m * n))
    var out = c
    a.withUnsafeBufferPointer { a in
      b.withUnsafeBufferPointer { b in
        out.withUnsafeMutableBufferPointer { out in
          guard let a = a.baseAddress, let b = b.baseAddress, let out = out.baseAddress else { return }
          var product = Product(
            size, left: (a, leftTransposed ? m : k), right: (b, rightTransposed ? k : n), out: (out, n), keep: 1)
          product.leftTransposed = leftTransposed
          product.rightTransposed = rightTransposed
          multiply(product)
        }
      }
    }
    // Rows of the one and columns of the other, side by side: every start of the daemon waits for this.
    let rows = (0..<m * k).map { Double(leftTransposed ? a[$0 % k * m + $0 / k] : a[$0]) }
    let columns = (0..<n * k).map { Double(rightTransposed ? b[$0] : b[$0 % k * n + $0 / k]) }
    var worst = 0.0
    for row in 0..<m {
      for column in 0..<n {
        var (sum, terms) = (Double(c[row * n + column]), abs(Double(c[row * n + column])))
        for (x, y) in zip(rows[row * k..<(row + 1) * k], columns[column * k..<(column + 1) * k]) {
          sum += x * y
          terms += abs(x * y)
        }
        let off = abs(Double(out[row * n + column]) - sum) / (terms + 1e-300)
        worst = off.isNaN ? .infinity : max(worst, off)
      }
    }
    return worst
  }

  /// Which kernels to try instead of those that failed: the plainest that are still fast on such a processor.
  private static func advice(_ core: String) -> String {
    let instead =
      switch core.lowercased() {
      case "skylakex", "cooperlake", "sapphirerapids", "zen", "excavator", "steamroller", "piledriver": "Haswell"
      case "haswell": "Sandybridge"
      case "sandybridge": "Nehalem"
      case let name where name.hasPrefix("neoverse") || name.hasPrefix("cortex") || name.hasPrefix("thunder"): "ARMV8"
      default: "Prescott"
      }
    return "this OpenBLAS has chosen its '\(core)' kernels; set OPENBLAS_CORETYPE=\(instead) in the service's "
      + "environment, or install a newer OpenBLAS"
  }
}
