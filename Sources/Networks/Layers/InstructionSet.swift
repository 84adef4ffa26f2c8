import CKernels

/// What a kernel is compiled for; the processor is asked at run time which it has.
package enum InstructionSet: Sendable, CaseIterable {
  /// What every processor of the architecture has: SSE2, or NEON on 64-bit Arm.
  case baseline
  case avx2
  case avx512

  var code: ck_instructions {
    switch self {
    case .baseline: ck_baseline
    case .avx2: ck_avx2
    case .avx512: ck_avx512
    }
  }

  package static let fastest: InstructionSet = allCases.last { ck_supports($0.code) != 0 } ?? .baseline
}
