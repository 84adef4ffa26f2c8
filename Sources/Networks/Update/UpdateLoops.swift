import CKernels

/// The update's loops (`CKernelsUpdate.h`) for one instruction set.
///
/// `@unchecked Sendable`: a table of functions that never changes.
package struct UpdateLoops: @unchecked Sendable {
  package let name: String
  let table: UnsafePointer<ck_update_loops>

  private init?(_ set: ck_instructions, _ name: String) {
    guard let table = ck_update(set) else { return nil }
    self.name = name
    self.table = table
  }

  /// What this processor runs, the fastest last. The baseline is always there.
  package static let all: [UpdateLoops] = [
    UpdateLoops(ck_baseline, "baseline"), UpdateLoops(ck_avx2, "AVX2"), UpdateLoops(ck_avx512, "AVX-512"),
  ].compactMap { $0 }

  package static let fastest = all[all.count - 1]
}
