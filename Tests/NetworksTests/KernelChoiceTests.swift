import Testing

@testable import Networks

struct KernelChoiceTests {
  private static func next(
    _ environment: [String: String] = [:], core: String, _ instructions: InstructionSet, right: Bool = true
  ) -> [String: String?]? {
    KernelChoice.next({ environment[$0] }, core: core, instructions: instructions, isRight: { right })
  }

  @Test(arguments: [InstructionSet.avx2, .avx512])
  func kernelsThatFitTheProcessor_areLeft(instructions: InstructionSet) {
    for core in ["Haswell", "SkylakeX", "Zen", "Sandybridge", "neoversen1"] {
      #expect(Self.next(core: core, instructions) == nil)
    }
  }

  @Test func anUnknownProcessor_getsKernelsForWhatItCan() {
    #expect(
      Self.next(core: "Prescott", .avx512) == ["OPENBLAS_CORETYPE": "SkylakeX", "HAMUD_KERNELS_TRIED": "1"])
    #expect(Self.next(core: "Core2", .avx2) == ["OPENBLAS_CORETYPE": "Haswell", "HAMUD_KERNELS_TRIED": "1"])
    #expect(Self.next(core: "Prescott", .baseline) == nil)
  }

  @Test func whoeverSetsTheVariable_hasDecided() {
    #expect(Self.next(["OPENBLAS_CORETYPE": "Prescott"], core: "Prescott", .avx512) == nil)
  }

  @Test func chosenKernelsThatComputeRight_areKept() {
    #expect(
      Self.next(["OPENBLAS_CORETYPE": "SkylakeX", "HAMUD_KERNELS_TRIED": "1"], core: "SkylakeX", .avx512) == nil)
  }

  @Test func chosenKernelsThatComputeWrong_makeRoomForTheNext_andAtLastForOpenBLASsOwn() {
    var environment: [String: String] = [:]
    var seen: [String?] = []
    while let changes = Self.next(environment, core: "Prescott", .avx512, right: false) {
      environment.merge(changes.compactMapValues { $0 }) { $1 }
      for (name, value) in changes where value == nil { environment[name] = nil }
      seen.append(environment["OPENBLAS_CORETYPE"])
    }
    #expect(seen == ["SkylakeX", "Haswell", nil])
  }

  @Test(arguments: ["", "x", "-1", "0", "99999999999999999999"])
  func aCountThatNobodyHereWrote_changesNothing(count: String) {
    let environment = ["HAMUD_KERNELS_TRIED": count, "OPENBLAS_CORETYPE": "Haswell"]
    #expect(Self.next(environment, core: "Haswell", .avx512, right: false) == nil)
  }
}
