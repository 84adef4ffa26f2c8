import COpenBLAS

/// OpenBLAS' own threads are switched off: each worker calls it for its own rows, and a product that is shared among
/// threads would round differently with their number. The setting is one per process.
enum BLASThreads {
  private static let once: Void = openblas_set_num_threads(1)

  static func useOne() { once }
}
