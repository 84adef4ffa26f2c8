import Requests
import Testing

@Suite struct StateTests {
  /// Every allowed change, and by its absence every other.
  private static let allowed: [RequestState: Set<RequestState>] = [
    .accepted: [.scheduled, .forgotten, .held, .cancelled],
    .scheduled: [.unlearning, .held, .cancelled],
    .unlearning: [.forgotten, .held, .failed],
    .held: [.scheduled, .accepted, .cancelled],
    .failed: [.scheduled, .held],
    .forgotten: [.accepted],
    .cancelled: [],
    .rejected: [],
  ]

  @Test(arguments: RequestState.allCases) func state_canBecomeExactlyWhatTheTableSays(_ state: RequestState) {
    for next in RequestState.allCases {
      #expect(state.canBecome(next) == Self.allowed[state]?.contains(next), "\(state) -> \(next)")
    }
  }

  @Test func states_haveTheirWordsAndEnds() {
    #expect(
      RequestState.allCases.map(\.rawValue) == [
        "accepted", "scheduled", "unlearning", "forgotten", "held", "failed", "cancelled", "rejected",
      ])
    #expect(RequestState.allCases.filter(\.isEnded) == [.forgotten, .cancelled, .rejected])
    #expect(RequestState.allCases.filter(\.isSettled) == [.forgotten, .held, .cancelled, .rejected])
  }

  @Test func exitCodes_areThoseOfTheContract() {
    let codes = RequestState.allCases.map { ExitCode(of: $0)?.rawValue }
    #expect(codes == [nil, nil, nil, 0, 75, nil, 73, 65])
    #expect(ExitCode.unknownRequest.rawValue == 66 && ExitCode.unavailable.rawValue == 69)
    #expect(ExitCode.notAllowed.rawValue == 77 && ExitCode.configuration.rawValue == 78)
  }

  @Test func reasons_haveTheirWords() {
    #expect(
      Reason.allCases.map(\.rawValue) == [
        "target", "unavoidable", "retain_budget", "max_steps", "overshot", "earlier_erasure", "infeasible",
        "non_finite", "stopped", "already_forgotten", "nothing_to_forget", "max_forget_share", "no_model",
        "retries_spent", "cancelled", "error", "invalid", "unknown_model", "nothing_selected", "id_taken",
        "not_a_file", "too_large", "quota",
      ])
    #expect(Reason.allCases.filter(\.isRefusal).count == 7)
  }
}
