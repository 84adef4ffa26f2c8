import Platform

/// What became of an attempt to purge a version.
package enum PurgeOutcome: Sendable, Equatable {
  /// No file of it is left.
  /// - Parameters:
  ///   - bytes: that were given back; 0 where it was gone already.
  ///   - linked: files that have another name elsewhere, under which they still remember.
  case gone(bytes: Int, linked: Int)
  /// Somebody holds a lease on it.
  case leased
  /// The link `current` still names it.
  case served
}

extension VersionStore {
  /// Versions on their way out: moved here in one step, so that a crash leaves no half of one where versions are.
  var purgingPath: String { Paths.join(directory, "purging") }

  /// Where a version is, or was.
  package func place(of number: Int) -> String { versionPath(number) }

  package func has(_ number: Int) throws(CheckpointError) -> Bool {
    try system { () throws(PlatformError) in
      try FileStatus.ifPresent(versionPath(number), followingLinks: false) != nil
    }
  }

  /// Removes all of a version, or what an interrupted purge left of it; never waits. Repeating it is harmless.
  ///
  /// - Parameter despiteReaders: asks for no lease and empties every file first, so that also who has it open has no more of
  ///   it: a reader that mapped the weights dies of that. Else the blocks of a file that somebody reads without a lease are
  ///   free when it is closed.
  package func purge(_ number: Int, despiteReaders: Bool = false) throws(CheckpointError) -> PurgeOutcome {
    if try currentNumber() == number { return .served }
    let doomed = Paths.join(purgingPath, Self.name(number))
    return try system { () throws(PlatformError) in
      var lease: DirectoryLease?
      if let status = try FileStatus.ifPresent(versionPath(number), followingLinks: false) {
        if status.kind == .directory, !despiteReaders {
          lease = try DirectoryLease.alone(versionPath(number))
          if lease == nil { return .leased }
        }
        try DurableDirectory.make(purgingPath, mode: Self.directoryMode)
        try DurableDirectory.removeTree(doomed)
        try DurableDirectory.rename(versionPath(number), to: doomed)
      }
      let (bytes, linked) = try Self.weigh(doomed)
      if despiteReaders { try DurableDirectory.emptyFiles(of: doomed) }
      if try FileStatus.ifPresent(purgingPath) != nil { try DurableDirectory.removeTree(doomed) }
      return withExtendedLifetime(lease) { .gone(bytes: bytes, linked: linked) }
    }
  }

  private static func weigh(_ path: String) throws(PlatformError) -> (bytes: Int, linked: Int) {
    guard try FileStatus.ifPresent(path, followingLinks: false)?.kind == .directory else { return (0, 0) }
    var (bytes, linked) = (0, 0)
    for name in try DurableDirectory.fileNames(path) {
      guard let status = try FileStatus.ifPresent(Paths.join(path, name.readable), followingLinks: false) else {
        continue
      }
      bytes += status.allocatedBytes
      if status.kind == .file, status.links > 1 { linked += 1 }
    }
    return (bytes, linked)
  }
}
