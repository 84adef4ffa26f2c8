package import Platform

/// Which files in `incoming/` are whole, in which order they are taken up, and how many are left alone.
///
/// A file is whole when its close after writing or its arrival by rename was seen, or when its size and time have not
/// changed for `settling`. Hints only ever make that come sooner: what is taken up is what a scan of the directory finds.
package struct SpoolScanner: Sendable {
  /// How long a file must stay as it is when nobody saw it being closed.
  package static let settling: Duration = .seconds(2)

  /// What one look found.
  package struct Look: Sendable {
    /// Oldest first, then by name: the order in which they were dropped, as far as a file system remembers it.
    package var whole: [FileName] = []
    /// Names that are no manifest's, and files that the daemon may not read or take away, or could not look at this time.
    package var leftAlone = 0
    /// Why one of them could not be looked at. It held up no other.
    package var trouble: PlatformError?
    /// Some file may be whole at this time, so that a look then is worth its while.
    package var again: MonotonicInstant?
  }

  private struct Sighting {
    let identity: FileIdentity
    let since: MonotonicInstant
  }

  private struct Left {
    let status: FileStatus
    var until: Timestamp?
    var isRefused = false
  }

  private var sightings: [FileName: Sighting] = [:]
  private var closed: Set<FileName> = []
  /// Left as they are until anything about them changes, their mode too, or until a time.
  private var left: [FileName: Left] = [:]
  /// Users whose files cannot be read, of whom that was said.
  private var unreadableSaid = SaidLately<UInt32>()
  /// Why they stay was said.
  private var deferred: [FileName: FileIdentity] = [:]

  package init() {}

  package static func isManifestName(_ name: FileName) -> Bool {
    !name.startsWithDot && [".yaml", ".yml", ".json"].contains { name.hasSuffix($0) }
  }

  package mutating func note(_ hint: DirectoryHint) {
    switch hint {
    case .closed(let name), .movedIn(let name):
      // Names that no scan will take up must not pile up here.
      if Self.isManifestName(name) { closed.insert(name) }
    case .appeared, .overflow, .gone: break
    }
  }

  /// Leaves what has this name alone, as it is now.
  /// - Parameter end: when it is looked at again although nothing about it changed; nil: never.
  /// - Returns: whether that is new, so that it is said once.
  package mutating func leave(_ name: FileName, _ status: FileStatus, until end: Timestamp? = nil) -> Bool {
    let isNew = left[name]?.status != status
    left[name] = Left(status: status, until: end)
    return isNew
  }

  /// Leaves what was refused and stays its owner's.
  package mutating func leaveRefused(_ name: FileName, _ status: FileStatus) {
    left[name] = Left(status: status, isRefused: true)
  }

  /// Whether this very file was refused and left before, whatever was written to it since. (Nor does a file system always count
  /// the blocks of a file that nobody touches as it did.)
  package func wasRefused(_ name: FileName, _ status: FileStatus) -> Bool {
    guard let known = left[name], known.isRefused else { return false }
    return known.status.identity.isSameFile(as: status.identity) && known.status.owner == status.owner
  }

  /// Leaves what may not be read.
  /// - Parameter user: who answers for its owner.
  /// - Returns: whether to say so: once for each user and hour, however many files of theirs there are and however often they change.
  package mutating func leaveUnreadable(
    _ name: FileName, _ status: FileStatus, of user: UInt32, now: MonotonicInstant
  ) -> Bool {
    leave(name, status) && unreadableSaid.isNew(user, at: now)
  }

  /// Looks again at what was left until a time: why it was may not hold any more.
  package mutating func reconsider() { left = left.filter { $0.value.until == nil } }

  /// - Returns: whether it is new that this file stays for a later look, so that it is said once.
  package mutating func noteDeferred(_ name: FileName, _ identity: FileIdentity) -> Bool {
    let isNew = deferred[name] != identity
    deferred[name] = identity
    return isNew
  }

  /// - Parameter lookAt: what is there under a name; nil where nothing is.
  package mutating func look(
    _ directory: String, now: MonotonicInstant = .now, at time: Timestamp = WallClock.now,
    lookAt: (String, FileName) throws(PlatformError) -> FileStatus? = DropFile.look
  ) throws(PlatformError) -> Look {
    var look = Look()
    var whole: [(name: FileName, modified: Int64)] = []
    var seen: [FileName: Sighting] = [:]
    let names = try DurableDirectory.fileNames(directory)
    for name in names {
      guard Self.isManifestName(name) else {
        look.leftAlone += 1
        continue
      }
      let status: FileStatus
      do throws(PlatformError) {
        guard let found = try lookAt(directory, name) else { continue }
        status = found
      } catch {
        look.leftAlone += 1
        look.trouble = look.trouble ?? error
        continue
      }
      if let known = left[name], known.status == status, known.until.map({ time < $0 }) ?? true {
        look.leftAlone += 1
        continue
      }
      let since = sightings[name].flatMap { $0.identity == status.identity ? $0.since : nil } ?? now
      seen[name] = Sighting(identity: status.identity, since: since)
      if closed.contains(name) || now - since >= Self.settling || status.kind != .file {
        whole.append((name, status.identity.mtimeNanoseconds))
      } else {
        let then = since + Self.settling
        look.again = min(look.again ?? then, then)
      }
    }
    forget(allBut: names, sightings: seen)
    look.whole = whole.sorted { ($0.modified, $0.name) < ($1.modified, $1.name) }.map(\.name)
    return look
  }

  private mutating func forget(allBut names: [FileName], sightings: [FileName: Sighting]) {
    self.sightings = sightings
    let present = Set(names)
    closed.formIntersection(present)
    left = left.filter { present.contains($0.key) }
    deferred = deferred.filter { present.contains($0.key) }
  }

  /// A name was dealt with: what appears under it next is another file.
  package mutating func settled(_ name: FileName) {
    sightings[name] = nil
    closed.remove(name)
    left[name] = nil
    deferred[name] = nil
  }
}
