/// `*` in a path: any run of bytes within one component, but no leading dot. No other pattern character exists, so a
/// file whose name holds `?` or `[` needs no quoting.
package enum GlobExpansion {
  /// More matches than this are a mistaken pattern, not a data set.
  package static let limit = 100_000

  /// - Returns: the paths that match, in byte order; none when nothing does. A path without `*` is returned as it is,
  ///   whether it exists or not.
  package static func expand(_ pattern: String) throws(PlatformError) -> [String] {
    guard pattern.utf8.contains(star) else { return [pattern] }
    var paths = [Paths.isAbsolute(pattern) ? "/" : ""]
    for component in Paths.components(of: pattern) {
      paths = try component.utf8.contains(star) ? matches(component, below: paths) : existing(component, below: paths)
      if paths.count > limit {
        throw PlatformError(
          operation: "expand", path: pattern, cause: .tooLarge(size: paths.count, limit: limit),
          hint: "name fewer files")
      }
    }
    return paths.sorted(by: Paths.isBefore)
  }

  /// Whether a name matches a component with stars. Linear in the product of both lengths at worst: the last star is the
  /// only one that needs to be tried again.
  package static func matches(_ name: String, _ pattern: String) -> Bool {
    let (name, pattern) = (Array(name.utf8), Array(pattern.utf8))
    if name.first == UInt8(ascii: "."), pattern.first == star { return false }
    var (n, p) = (0, 0)
    var retry: (name: Int, pattern: Int)?
    while n < name.count {
      if p < pattern.count, pattern[p] == star {
        retry = (n, p + 1)
        p += 1
      } else if p < pattern.count, pattern[p] == name[n] {
        (n, p) = (n + 1, p + 1)
      } else if let last = retry {
        retry = (last.name + 1, last.pattern)
        (n, p) = (last.name + 1, last.pattern)
      } else {
        return false
      }
    }
    return pattern[p...].allSatisfy { $0 == star }
  }

  private static let star = UInt8(ascii: "*")

  private static func matches(_ component: String, below directories: [String]) throws(PlatformError) -> [String] {
    var found: [String] = []
    for directory in directories {
      guard let status = try FileStatus.ifPresent(directory.isEmpty ? "." : directory), status.kind == .directory else {
        continue
      }
      for name in try DurableDirectory.list(directory.isEmpty ? "." : directory) where matches(name, component) {
        found.append(Paths.join(directory, name))
      }
      if found.count > limit { break }
    }
    return found
  }

  private static func existing(_ component: String, below directories: [String]) throws(PlatformError) -> [String] {
    var found: [String] = []
    for directory in directories {
      let path = Paths.join(directory, component)
      if try FileStatus.ifPresent(path) != nil { found.append(path) }
    }
    return found
  }
}
