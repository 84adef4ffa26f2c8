import COpenBLAS

/// Which of OpenBLAS' kernels to compute with. A build older than the processor does not know it, and falls back on
/// kernels of 2004 that take three to six times as long; it can be told which to take, but only when it is loaded: so a
/// program that finds this out starts itself anew.
///
/// What is chosen so is judged by `BLASCheck` like everything else, and where it computes wrong results the next is tried,
/// at last what OpenBLAS itself had chosen.
package enum KernelChoice {
  /// Read by OpenBLAS when it is loaded. Whoever has set it has decided.
  package static let variable = "OPENBLAS_CORETYPE"
  /// How many were tried: set by the program for itself.
  package static let count = "HAMUD_KERNELS_TRIED"

  /// - Parameter environment: the value of a variable of this process; nil where it has none.
  /// - Returns: what to change in the environment before the program is started anew (nil: to remove); nil where it is to
  ///   go on as it is.
  package static func next(_ environment: (String) -> String?) -> [String: String?]? {
    next(
      environment, core: String(cString: openblas_get_corename()), instructions: .fastest,
      isRight: { BLASCheck.run().ok })
  }

  static func next(
    _ environment: (String) -> String?, core: String, instructions: InstructionSet, isRight: () -> Bool
  ) -> [String: String?]? {
    let candidates = candidates(instructions)
    guard let tried = environment(count).flatMap({ Int($0) }) else {
      let isWanting = environment(variable) == nil && unknowing.contains(core.lowercased())
      return isWanting ? candidates.first.map { [variable: $0, count: "1"] } : nil
    }
    guard tried > 0, tried <= candidates.count, !isRight() else { return nil }
    return [variable: tried < candidates.count ? candidates[tried] : nil, count: "\(tried + 1)"]
  }

  /// The kernels without AVX, which nothing chooses on a processor that has it but for want of knowing better.
  private static let unknowing: Set = ["prescott", "core2", "nehalem", "generic"]

  /// Best first.
  private static func candidates(_ instructions: InstructionSet) -> [String] {
    switch instructions {
    case .baseline: []
    case .avx2: ["Haswell"]
    case .avx512: ["SkylakeX", "Haswell"]
    }
  }
}
