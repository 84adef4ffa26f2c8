/// Exit codes of hamud and hamuctl: those of sysexits.h, with the meaning they have here.
package enum ExitCode: Int32, Sendable {
  case success = 0
  /// The command line is wrong.
  case usage = 64
  /// A manifest was refused; something that was to be verified is damaged or was changed.
  case rejected = 65
  /// No request with this id, or no such file.
  case unknownRequest = 66
  /// No daemon answers.
  case unavailable = 69
  /// A defect, or the self-check of BLAS failed.
  case software = 70
  case cancelled = 73
  /// A file or device failed.
  case inputOutput = 74
  /// Held: waits for a person.
  case held = 75
  /// Nothing is known against it and nothing proves it: a receipt that is not signed, or not with a key that was given.
  case notProven = 76
  case notAllowed = 77
  /// The configuration is wrong.
  case configuration = 78

  /// What `submit --wait` and `show --wait` return with; nil while there is something to wait for.
  package init?(of state: RequestState) {
    switch state {
    case .forgotten: self = .success
    case .held: self = .held
    case .rejected: self = .rejected
    case .cancelled: self = .cancelled
    case .accepted, .scheduled, .unlearning, .failed: return nil
    }
  }
}
