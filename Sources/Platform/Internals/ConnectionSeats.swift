import Synchronization

/// Counts the open connections of each user, so that there is a bound for one and for all.
package final class ConnectionSeats: Sendable {
  /// Held by a connection; freed with it.
  package final class Seat: Sendable {
    private let uid: UInt32
    private let seats: ConnectionSeats

    fileprivate init(_ uid: UInt32, _ seats: ConnectionSeats) {
      self.uid = uid
      self.seats = seats
    }

    deinit { seats.free(uid) }
  }

  private let perUser: Int
  private let atMost: Int
  private let taken = Mutex<[UInt32: Int]>([:])

  package init(perUser: Int, atMost: Int) {
    self.perUser = perUser
    self.atMost = atMost
  }

  /// Absent when there is none left for this user. The superuser always gets one, and so does whoever runs the daemon: it is asked to
  /// reload in that name.
  /// - Parameter owner: the user whose seats the uid takes. What the superuser may, a uid of a range of theirs may not.
  package func take(_ uid: UInt32, of owner: UInt32) -> Seat? {
    let isFree = taken.withLock { taken in
      let (own, all) = (taken[owner, default: 0], taken.values.reduce(0, +))
      if uid != 0, uid != Accounts.effectiveUser, own >= perUser || all >= atMost { return false }
      taken[owner] = own + 1
      return true
    }
    return isFree ? Seat(owner, self) : nil
  }

  private func free(_ uid: UInt32) {
    taken.withLock { taken in
      let rest = taken[uid, default: 1] - 1
      taken[uid] = rest == 0 ? nil : rest
    }
  }
}
