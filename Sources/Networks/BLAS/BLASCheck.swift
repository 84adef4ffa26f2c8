/// What OpenBLAS is on this machine, and whether it computes right.
package struct BLASReport: Sendable, Equatable {
  package let ok: Bool
  /// `openblas_get_config()`: version and build options.
  package let library: String
  /// `openblas_get_corename()`: which kernels were chosen.
  package let core: String
  /// Threads inside one product; 1, as this room sets it.
  package let threads: Int
  /// When not ok: which product was wrong, by how much, and what to set.
  package let detail: String
}

/// Old OpenBLAS builds compute wrong results on some new processors, silently: so products of sizes that touch the
/// edges of the kernels are compared with plain loops before anything else is done.
package enum BLASCheck {
  /// Takes a few milliseconds.
  package static func run() -> BLASReport {
    preconditionFailure()
  }
}
