import Ledger
package import Platform
import Requests

// From a dropped file to a decision: which names are read, and what becomes of the file.
extension Pipeline {
  package func note(_ hint: DirectoryHint) {
    scanner.note(hint)
    bell.ring()
  }

  /// Takes up every whole file of the spool. What is wrong with one of them holds up no other.
  func takeUp() async {
    finishRemovals()
    let look: SpoolScanner.Look
    do {
      look = try scanner.look(places.incoming, at: clocks.wall())
    } catch {
      return narrator.trouble(error)
    }
    if let again = look.again { alarm.set(again) }
    if let trouble = look.trouble { sayOnce(trouble) }
    var staying = 0
    for name in look.whole where !isStopping {
      do {
        if !(try takeUp(name)) { staying += 1 }
      } catch {
        staying += 1
        sayOnce(error)
      }
      // A flood of files must not keep commands and the watchdog waiting.
      await Task.yield()
    }
    leftAlone = look.leftAlone + staying
  }

  /// A file stays as it is for as long as whoever dropped it likes, and what fails for it (a block that cannot be read) fails at every
  /// look: said once an hour for each cause, whichever files it is.
  private func sayOnce(_ trouble: any Error) {
    let cause = DroppedNames.hidden(in: "\(trouble)")
    if spoolTroubleSaid.isNew(cause, at: clocks.monotonic()) { narrator.trouble(trouble) }
  }

  /// What a failed removal had moved aside may be a newer manifest under the same name: back with it. Where that fails too, the
  /// next look tries again, and other files are not held up.
  private func finishRemovals() {
    guard removalFailed else { return }
    do {
      try DropFile.recover(directory: places.incoming)
      removalFailed = false
    } catch {
      sayOnce(error)
    }
  }

  /// - Returns: false when the file stays.
  private func takeUp(_ name: FileName) throws -> Bool {
    let file: DroppedFile
    do throws(DropRefusal) {
      file = try DropFile.read(directory: places.incoming, name: name, limit: Limits.documentBytes)
    } catch {
      return try refuseUnread(name, error)
    }
    let drop = Drop(fileName: name.readable, bytes: file.bytes, owner: file.owner, receivedAt: clocks.wall())
    switch try answer(drop) {
    // Whatever opens the model rings when it is open.
    case .opening: return false
    case .later(let sentence):
      if scanner.noteDeferred(name, file.identity.file) {
        narrator.post(.fileDeferred(SHA256Digest.of(name.bytes), sentence))
      }
      return false
    case .tomorrow(let end): return stay(name, file.status, until: end)
    case .taken, .refused:
      try tell()
      return try takeAway(name, file.status) { () throws(PlatformError) in
        try DropFile.remove(directory: places.incoming, name: name, identity: file.identity)
      }
    }
  }

  private func refuseUnread(_ name: FileName, _ refusal: DropRefusal) throws -> Bool {
    let reason: Refusal
    switch refusal.reason {
    case .vanished: return true
    case .changing:
      alarm.set(.now + SpoolScanner.settling)
      return false
    case .unreadable:
      guard let status = refusal.status else { return false }
      let user = subordinates.owner(of: status.owner)
      if scanner.leaveUnreadable(name, status, of: user, now: clocks.monotonic()) {
        narrator.post(.fileLeft(SHA256Digest.of(name.bytes), owner: status.owner))
      }
      return false
    case .trouble(let error): throw error
    case .notAFile: reason = .notAFile(refusal.status?.kind == .symbolicLink ? .link : .notRegular)
    case .linked: reason = .notAFile(.linkedTwice)
    case .tooLarge(let size):
      if let status = refusal.status, scanner.wasRefused(name, status) { return leaveTooLarge(name, status) }
      reason = .tooLarge(bytes: size, isLeft: true)
    }
    let digest = SHA256Digest.of(name.bytes)
    let answer = try refuse(
      reason, fileName: name.readable, digest: digest, bytes: nil, owner: refusal.status?.owner)
    guard let status = refusal.status else { return true }
    if case .tomorrow(let end) = answer { return stay(name, status, until: end) }
    if case .tooLarge = refusal.reason { return leaveTooLarge(name, status) }
    return try takeAway(name, status) { () throws(PlatformError) in
      try DropFile.remove(directory: places.incoming, name: name, identity: status.identity)
    }
  }

  /// What was refused unread may be all that its owner has, so it is not removed. Nor is it moved: another file might have its
  /// name by then, and in `rejected` it would still be its owner's to change. A copy would cost us the disk. So it stays theirs, to take
  /// back, replace or remove; after a restart it is refused once more, like everything that stays.
  private func leaveTooLarge(_ name: FileName, _ status: FileStatus) -> Bool {
    scanner.leaveRefused(name, status)
    return false
  }

  /// Leaves a file that would be refused like too many of its owner's before. That is said once for each owner and day:
  /// the journal is not theirs to fill either.
  private func stay(_ name: FileName, _ status: FileStatus, until end: Timestamp) -> Bool {
    _ = scanner.leave(name, status, until: end)
    let user = subordinates.owner(of: status.owner)
    if refusalsSpentSaid[user] != end {
      refusalsSpentSaid = refusalsSpentSaid.filter { $0.value == end }
      refusalsSpentSaid[user] = end
      narrator.post(
        .fileDeferred(
          SHA256Digest.of(name.bytes),
          "user \(user) has had as many refusals today as requests_per_day allows; what else of theirs would be"
            + " refused stays until \(end.rfc3339())"))
    }
    return false
  }

  /// What was dealt with and cannot be removed (a directory that is not empty) stays, and is not dealt with again until it
  /// changes.
  private func takeAway(
    _ name: FileName, _ status: FileStatus, _ remove: () throws(PlatformError) -> DropFile.Removal
  ) throws(PlatformError) -> Bool {
    let removal: DropFile.Removal
    do {
      removal = try remove()
    } catch {
      removalFailed = true
      alarm.set(.now + SpoolScanner.settling)
      throw error
    }
    if case .notPossible = removal {
      _ = scanner.leave(name, status)
      return false
    }
    scanner.settled(name)
    return true
  }
}
