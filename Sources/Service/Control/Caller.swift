package import Platform
import Requests

/// Who calls, and what they may: decided from the kernel's word for the peer, never from the call.
package struct Caller: Sendable {
  package enum Role: Sendable, Equatable {
    /// Root, group hamud, and whoever runs the daemon: everything.
    case operatorRole
    /// Group hamud-submit: submit; show, list and cancel their own; and the public keys.
    case submitter
    case nobody
  }

  package static let operators = "hamud"
  package static let submitters = "hamud-submit"

  package let uid: UInt32
  package let role: Role

  package init(uid: UInt32, role: Role) {
    self.uid = uid
    self.role = role
  }

  package init(_ peer: Peer) {
    uid = peer.uid
    func isIn(_ group: String) -> Bool { Accounts.groupID(named: group).map(peer.isMember(ofGroup:)) ?? false }
    if peer.uid == 0 || peer.uid == Accounts.effectiveUser || isIn(Self.operators) {
      role = .operatorRole
    } else {
      role = isIn(Self.submitters) ? .submitter : .nobody
    }
  }

  package var isOperator: Bool { role == .operatorRole }

  /// - Throws: `.notAllowed` unless the caller may give this command to anybody's requests, or to their own.
  package func check(_ command: ControlCommand) throws(ControlError) {
    if isOperator { return }
    switch command {
    case .submit, .list, .show, .wait, .cancel, .key:
      if role == .submitter { return }
      throw ControlError(
        .notAllowed,
        "only members of group \(Self.submitters) or \(Self.operators) may \(command.word); ask an administrator")
    default:
      throw ControlError(
        .notAllowed, "only root and members of group \(Self.operators) may \(command.word); ask an administrator")
    }
  }
}
