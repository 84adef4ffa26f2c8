import Platform

/// Which files a version's directory holds and in which state, as far as the file system says: two equal stamps mean that
/// nobody has written to any of them in between. It costs a look at each file, and reads none.
package struct VersionStamp: Hashable, Sendable {
  /// The directory's own, then one for each name in byte order.
  private let statuses: [FileStatus]

  fileprivate init(_ path: String) throws(PlatformError) {
    var statuses = [try FileStatus.of(path, followingLinks: false)]
    for name in try DurableDirectory.fileNames(path) {
      statuses.append(try FileStatus.of(Paths.join(path, name.readable), followingLinks: false))
    }
    self.statuses = statuses
  }
}

extension VersionStore {
  /// Nil where there is no such directory, or one that cannot be looked at.
  package func stamp(_ number: Int) -> VersionStamp? { try? VersionStamp(versionPath(number)) }
}
