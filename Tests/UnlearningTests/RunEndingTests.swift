import Testing
import Unlearning

@Suite struct RunEndingTests {
  /// The words stand in receipts and in the journal's catalogue: they must not change with a case's name.
  @Test func words_areThoseOfReceipts() {
    #expect(
      RunEnding.allCases.map(\.rawValue) == [
        "target", "nothing_to_forget", "unavoidable", "retain_budget", "max_steps", "overshot", "earlier_erasure",
        "infeasible", "non_finite", "stopped",
      ])
  }
}
