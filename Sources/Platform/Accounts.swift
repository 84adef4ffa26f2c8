import CSystemd
import Glibc

/// Users and groups as the machine's name service knows them. An unknown one is an absence, not an error; so is a name
/// service that does not answer, since nothing can be decided from it either way.
package enum Accounts {
  package static var effectiveUser: UInt32 { geteuid() }
  package static var effectiveGroup: UInt32 { getegid() }

  package static func userName(_ uid: UInt32) -> String? {
    lookUp(passwd(), { getpwuid_r(uid, $0, $1, $2, $3) }, read: { text($0.pw_name) })
  }

  /// The name, or the number where there is none.
  package static func userNameOrNumber(_ uid: UInt32) -> String { userName(uid) ?? String(uid) }

  package static func userID(named name: String) -> UInt32? {
    lookUp(passwd(), { getpwnam_r(name, $0, $1, $2, $3) }, read: { $0.pw_uid })
  }

  package static func groupName(_ gid: UInt32) -> String? {
    lookUp(group(), { getgrgid_r(gid, $0, $1, $2, $3) }, read: { text($0.gr_name) })
  }

  package static func groupID(named name: String) -> UInt32? {
    lookUp(group(), { getgrnam_r(name, $0, $1, $2, $3) }, read: { $0.gr_gid })
  }

  /// The names that the group's own entry lists: not those who have it as their primary group.
  package static func members(ofGroup name: String) -> [String] {
    let names = lookUp(group(), { getgrnam_r(name, $0, $1, $2, $3) }) { entry in
      var names: [String] = []
      guard var next = entry.gr_mem else { return names }
      while let member = next.pointee {
        names.append(String(cString: member))
        next += 1
      }
      return names
    }
    return names ?? []
  }

  /// Every group of a user, the primary one among them; empty for an unknown user.
  package static func groups(ofUser name: String) -> [UInt32] {
    guard let primary = lookUp(passwd(), { getpwnam_r(name, $0, $1, $2, $3) }, read: { $0.pw_gid }) else { return [] }
    var count: CInt = 64
    // The call says how many there are when the buffer is too small.
    for _ in 0..<3 {
      var groups = [gid_t](repeating: 0, count: Int(count))
      if getgrouplist(name, primary, &groups, &count) >= 0 { return Array(groups.prefix(Int(count))).sorted() }
    }
    return [primary]
  }

  private static func text(_ pointer: UnsafeMutablePointer<CChar>?) -> String? { pointer.map { String(cString: $0) } }

  /// One of the `get..._r` calls, with a buffer that grows until the entry fits; `read` copies what is wanted out of the
  /// buffer before it goes.
  private static func lookUp<Record, Value>(
    _ empty: Record,
    _ call: (
      UnsafeMutablePointer<Record>, UnsafeMutablePointer<CChar>, Int,
      UnsafeMutablePointer<UnsafeMutablePointer<Record>?>
    ) -> CInt,
    read account: (Record) -> Value?
  ) -> Value? {
    var size = 1 << 10
    while size <= 1 << 22 {
      let buffer = UnsafeMutablePointer<CChar>.allocate(capacity: size)
      defer { buffer.deallocate() }
      var record = empty
      var found: UnsafeMutablePointer<Record>?
      switch call(&record, buffer, size, &found) {
      case 0: return found == nil ? nil : account(record)
      case EINTR: continue
      case ERANGE: size *= 4
      default: return nil
      }
    }
    return nil
  }
}
