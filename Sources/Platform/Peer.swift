import CSystemd
import Glibc

/// Who is at the other end of a local connection, as the kernel saw it when the connection was made: nothing in it comes
/// from the peer's own words.
package struct Peer: Hashable, Sendable {
  package let pid: Int32
  package let uid: UInt32
  package let gid: UInt32
  /// Supplementary groups, in ascending order.
  package let groups: [UInt32]

  package init(pid: Int32, uid: UInt32, gid: UInt32, groups: [UInt32]) {
    self.pid = pid
    self.uid = uid
    self.gid = gid
    self.groups = groups.sorted()
  }

  package func isMember(ofGroup group: UInt32) -> Bool { gid == group || groups.contains(group) }

  /// `SO_PEERCRED` and `SO_PEERGROUPS`, unix(7).
  static func of(_ socket: CInt) throws(Errno) -> Peer {
    let credentials = try system_peerCredentials(socket)
    let groups = try system_peerGroups(socket)
    return Peer(pid: credentials.pid, uid: credentials.uid, gid: credentials.gid, groups: groups)
  }
}
