import CKernels

/// The update's loops (`CKernelsUpdate.h`) for one instruction set.
///
/// `@unchecked Sendable`: a table of functions that never changes.
package struct UpdateLoops: @unchecked Sendable {
  package let instructions: InstructionSet
  let table: UnsafePointer<ck_update_loops>

  /// nil where this processor does not run the instruction set.
  package init?(_ instructions: InstructionSet) {
    guard let table = ck_update(instructions.code) else { return nil }
    self.instructions = instructions
    self.table = table
  }

  /// What this processor runs, the fastest last. The baseline is always there.
  package static let all = InstructionSet.allCases.compactMap { UpdateLoops($0) }

  package static let fastest = all[all.count - 1]
}
