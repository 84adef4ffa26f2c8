import Platform
import Testing

/// As `cp -a` does it.
func copyTree(_ from: String, to: String) throws {
  try DurableDirectory.make(to, parents: true)
  for name in try DurableDirectory.list(from) {
    let (source, target) = (Paths.join(from, name), Paths.join(to, name))
    switch try FileStatus.of(source, followingLinks: false).kind {
    case .directory: try copyTree(source, to: target)
    case .symbolicLink:
      try DurableDirectory.swapSymlink(at: target, to: try #require(try DurableDirectory.target(ofLink: source)))
    default:
      let mode = try FileStatus.of(source).mode & 0o777
      try DurableFile.copy(try DataFile(path: source), to: target, attributes: FileAttributes(mode: mode))
    }
  }
}
