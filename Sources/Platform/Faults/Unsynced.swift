#if HAMUD_FAULTS
  import Glibc

  /// What was done since the last sync of the file or directory that it concerns, with what takes it back: a power cut, as
  /// unkind as POSIX allows one to be. A file's content (and mode) counts as kept once the file was synced, a name once its
  /// directory was; where a rename crosses directories each of its two names depends on its own.
  ///
  /// Names that were replaced or removed, and names that moved, are kept by a second link in the stash.
  struct Unsynced {
    /// One name in a directory that was not synced since it changed.
    private struct NameChange {
      let place: Place
      let undo: Undo
    }

    private enum Undo {
      /// Out of the way; the stash is thrown away afterwards.
      case remove
      case putBack(FileName)
      case moveBack(to: Place)
      case makeDirectory(mode_t)
    }

    struct Place {
      let directory: CInt
      let key: FileKey
      let name: FileName
    }

    private let stash: CInt
    private let isLazy: Bool
    private var stashed = 0
    private var names: [NameChange] = []
    private var contents: [FileKey: FileContent] = [:]
    private var databases: [String: DatabaseContent] = [:]
    /// Undos of the call that is being made.
    private var pending: [NameChange] = []

    init?(stash path: String, isLazy: Bool) {
      self.isLazy = isLazy
      stash = Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
      if stash < 0 { return nil }
    }

    // MARK: Files

    mutating func before(_ act: DurableAct) {
      pending = []
      switch act {
      case .write(let file, _), .change(let file): touch(file)
      case .rename(let from, let old, let to, let new): beforeRename(from, old, to, new)
      case .unlink(let directory, let name, let flags):
        if flags & AT_REMOVEDIR != 0 {
          add(directory, name, .makeDirectory(mode(directory, name)))
        } else if let kept = keep(directory, name) {
          add(directory, name, .putBack(kept))
        }
      case .open(let directory, let name, let flags):
        if flags & O_CREAT != 0, !exists(directory, name) { add(directory, name, .remove) }
      case .makeDirectory(let directory, let name), .makeLink(let directory, let name): add(directory, name, .remove)
      case .sync: break
      }
    }

    mutating func after(_ act: DurableAct, value: CInt, succeeded: Bool) {
      guard succeeded else { return pending = [] }
      names += pending
      pending = []
      switch act {
      case .open(_, _, let flags) where flags & O_CREAT != 0: touch(value)
      case .sync(let file): synced(file)
      default: break
      }
    }

    private mutating func touch(_ file: CInt) {
      guard let key = FileKey(file), contents[key] == nil, let content = FileContent(file) else { return }
      contents[key] = content
    }

    private mutating func synced(_ file: CInt) {
      guard !isLazy, let key = FileKey(file) else { return }
      contents.removeValue(forKey: key)?.close()
      names.removeAll { $0.place.key == key }
    }

    private mutating func beforeRename(_ from: CInt, _ old: FileName, _ to: CInt, _ new: FileName) {
      if mode(from, old) & S_IFMT == S_IFDIR {
        if let back = place(from, old) { add(to, new, .moveBack(to: back)) }
        return
      }
      let replaced = exists(to, new) ? keep(to, new) : nil
      guard let moved = keep(from, old) else { return }
      add(to, new, replaced.map { .putBack($0) } ?? .remove)
      add(from, old, .putBack(moved))
    }

    // MARK: SQLite's files

    mutating func before(_ act: DatabaseAct, _ path: String) {
      // Safe for directories only: closing any descriptor of a database gives up all its locks.
      let folder = Glibc.open(Paths.parent(of: path), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
      defer { close(folder) }
      let name = FileName(Paths.lastComponent(of: path))
      switch act {
      case .write(let bytes, let offset, _, let old, let size):
        databases[path, default: DatabaseContent(size: size())].note(offset, old(offset, bytes.count))
      case .truncate(let size, let old, let sizeNow):
        let now = sizeNow()
        databases[path, default: DatabaseContent(size: now)].note(size, old(size, max(0, now - size)))
      case .sync(let directoryToo):
        if !isLazy { databases[path] = nil }
        if directoryToo { synced(folder) }
      case .create: add(folder, name, .remove)
      case .delete(true): synced(folder)
      case .delete(false):
        if let kept = keep(folder, name) { add(folder, name, .putBack(kept)) }
      }
      names += pending
      pending = []
    }

    // MARK: Names

    private mutating func add(_ directory: CInt, _ name: FileName, _ undo: Undo) {
      if let place = place(directory, name) { pending.append(NameChange(place: place, undo: undo)) }
    }

    private func place(_ directory: CInt, _ name: FileName) -> Place? {
      guard let key = FileKey(directory) else { return nil }
      return Place(directory: fcntl(directory, F_DUPFD_CLOEXEC, 0), key: key, name: name)
    }

    /// A second link to what has this name.
    private mutating func keep(_ directory: CInt, _ name: FileName) -> FileName? {
      stashed += 1
      let kept = FileName("\(stashed)")
      let code = name.withCString { name in kept.withCString { linkat(directory, name, stash, $0, 0) } }
      return code == 0 ? kept : nil
    }

    private func exists(_ directory: CInt, _ name: FileName) -> Bool { mode(directory, name) != 0 }

    private func mode(_ directory: CInt, _ name: FileName) -> mode_t {
      var status = stat()
      return name.withCString { fstatat(directory, $0, &status, AT_SYMLINK_NOFOLLOW) } == 0 ? status.st_mode : 0
    }

    // MARK: The power cut

    /// Takes back what was not synced. Nothing may be written afterwards.
    /// - Returns: how much that was.
    mutating func lose(_ loss: FaultPlan.Loss) -> String {
      if loss != .data { for change in names.reversed() { undo(change) } }
      if loss != .names {
        for (_, content) in contents { content.restore() }
        for (path, content) in databases { content.restore(path) }
      }
      let files = loss == .names ? 0 : contents.count + databases.count
      return "; takes back \(loss == .data ? 0 : names.count) names and \(files) contents"
    }

    private mutating func undo(_ change: NameChange) {
      let place = change.place
      switch change.undo {
      case .remove:
        stashed += 1
        let away = FileName("\(stashed)")
        _ = place.name.withCString { name in away.withCString { renameat(place.directory, name, stash, $0) } }
      case .putBack(let kept):
        _ = kept.withCString { kept in place.name.withCString { renameat(stash, kept, place.directory, $0) } }
      case .moveBack(let back):
        _ = place.name.withCString { new in
          back.name.withCString { renameat(place.directory, new, back.directory, $0) }
        }
      case .makeDirectory(let mode):
        _ = place.name.withCString { mkdirat(place.directory, $0, mode & 0o7777) }
      }
    }
  }
#endif
