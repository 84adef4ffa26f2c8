import Platform

/// Which files a version's directory holds and in which state, as far as the file system says: two equal stamps mean that
/// nobody has written to any of them in between. It costs a look at each file, and reads none.
package struct VersionStamp: Hashable, Sendable {
  /// What changes when somebody writes: nobody can set the time of the last change. (Blocks are not in it, which a file system
  /// gives and takes by itself.)
  private struct Entry: Hashable {
    let name: String
    let identity: FileIdentity
    let kind: FileStatus.Kind
    let changedNanoseconds: Int64
  }

  /// The directory's own, then one for each name in byte order.
  private let entries: [Entry]

  fileprivate init(_ path: String) throws(PlatformError) {
    var entries: [Entry] = []
    for name in ["."] + (try DurableDirectory.list(path)) {
      let status = try FileStatus.of(Paths.join(path, name), followingLinks: false)
      entries.append(
        Entry(
          name: name, identity: status.identity, kind: status.kind, changedNanoseconds: status.changedNanoseconds))
    }
    self.entries = entries
  }
}

extension VersionStore {
  /// Nil where there is no such directory, or one that cannot be looked at: nil stands for nothing that was seen, so whoever
  /// compares must read the version whole, which meets the error again and says it.
  package func stamp(_ number: Int) -> VersionStamp? { try? VersionStamp(versionPath(number)) }
}
