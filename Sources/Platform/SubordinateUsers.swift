import Synchronization

/// Which user answers for a uid: what is counted for each user would else be no bound for one with subordinate uids, who can be
/// sixty thousand users. For counting only: what a uid may do is its own.
///
/// Known weakness: ranges that a name service gives (`subid:` in nsswitch.conf) are not seen, only the file's.
package final class SubordinateUsers: Sendable {
  package static let machine = SubordinateUsers(path: "/etc/subuid")
  /// In bytes: some 100,000 lines. A larger file is taken for an empty one.
  package static let fileLimit = 4 << 20
  /// The file, and the names in it, are looked up again when that long has passed.
  package static let freshness: Duration = .seconds(60)

  private struct Table {
    var ranges = SubordinateRanges(parsing: [])
    /// Nil before the first look.
    var readAt: MonotonicInstant?
    /// By name, those asked for; nil where there is no such user.
    var owners: [String: UInt32?] = [:]
  }

  private let path: String
  private let table = Mutex(Table())

  package init(path: String) { self.path = path }

  /// The owner of the range that a subordinate uid is in; every other uid itself. Of a range whose owner has no account, the
  /// first uid, so that the range still counts as one.
  package func owner(of uid: UInt32, now: MonotonicInstant = .now) -> UInt32 {
    let range = table.withLock { table in
      if table.readAt.map({ now - $0 >= Self.freshness }) ?? true { table = read(after: table, now) }
      return table.ranges.range(of: uid)
    }
    guard let range else { return uid }
    switch range.owner {
    case .uid(let owner): return owner
    case .name(let name): return account(name) ?? range.uids.lowerBound
    }
  }

  /// A name service may take its time: nobody else waits for it.
  private func account(_ name: String) -> UInt32? {
    if let known = table.withLock({ $0.owners[name] }) { return known }
    let found = Accounts.userID(named: name)
    table.withLock { $0.owners[name] = .some(found) }
    return found
  }

  private func read(after table: Table, _ now: MonotonicInstant) -> Table {
    do {
      let bytes = try DataFile.readIfFit(path, limit: Self.fileLimit)
      return Table(ranges: SubordinateRanges(parsing: bytes ?? []), readAt: now)
    } catch {
      // Ignored: what cannot be read this once held a minute ago, and is tried again in another.
      return Table(ranges: table.ranges, readAt: now)
    }
  }
}
