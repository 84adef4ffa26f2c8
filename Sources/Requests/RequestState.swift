/// Where a request is in its life.
///
///     accepted -> scheduled -> unlearning -> forgotten | held | failed
///     accepted -> cancelled | forgotten (already_forgotten) | held (max_forget_share, no_model)
///     scheduled -> cancelled | held (its model left the configuration while it waited)
///     held -> scheduled | accepted | cancelled        failed -> scheduled | held
///     forgotten -> accepted (a model that still remembers was imported)
///
/// `rejected` is the state of a refused file: no request ever leads there and none leaves it.
package enum RequestState: String, CaseIterable, Sendable, Codable {
  case accepted, scheduled, unlearning, forgotten, held, failed, cancelled, rejected

  /// Nothing further happens by itself; `finished_at` is there exactly then.
  package var isEnded: Bool { self == .forgotten || self == .cancelled || self == .rejected }

  /// What `--wait` waits for: the end, or a person's turn.
  package var isSettled: Bool { isEnded || self == .held }

  /// Whether the request's rows are to be kept out of every other request's retain set.
  package var isWaiting: Bool { !isEnded }

  /// The states a request may go to from here.
  package var successors: [RequestState] {
    switch self {
    case .accepted: [.scheduled, .forgotten, .held, .cancelled]
    case .scheduled: [.unlearning, .held, .cancelled]
    case .unlearning: [.forgotten, .held, .failed]
    case .held: [.scheduled, .accepted, .cancelled]
    case .failed: [.scheduled, .held]
    case .forgotten: [.accepted]
    case .cancelled, .rejected: []
    }
  }

  package func canBecome(_ next: RequestState) -> Bool { successors.contains(next) }
}
