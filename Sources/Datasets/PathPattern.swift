import Platform

/// Paths in which `*` stands for any characters of one component. A `*` at the start of a component does not match a
/// leading dot, as in a shell: editors and file managers leave such files behind.
package enum PathPattern {
  /// The regular files that match, component by component in byte order; a path without `*` is returned as it is, there
  /// or not.
  package static func expand(_ pattern: String) throws(DatasetError) -> [String] {
    guard pattern.utf8.contains(star) else { return [pattern] }
    var found = [Paths.isAbsolute(pattern) ? "/" : "."]
    let components = Paths.components(of: pattern)
    for (index, component) in components.enumerated() {
      let isLast = index == components.count - 1
      var next: [String] = []
      for directory in found { next += try matches(component, in: directory, kind: isLast ? .file : .directory) }
      found = next
    }
    guard !found.isEmpty else { throw .noFiles(pattern: pattern) }
    guard found.count <= DatasetLimits.files else {
      throw .tooManyFiles(pattern: pattern, found: found.count, limit: DatasetLimits.files)
    }
    return found
  }

  /// Whether a name matches a component. Linear in the name for each star: no pattern can make it exponential.
  package static func matches(_ name: String, _ pattern: String) -> Bool {
    let name = Array(name.utf8)
    let pattern = Array(pattern.utf8)
    if name.first == UInt8(ascii: "."), pattern.first == star { return false }
    var position = 0
    var wanted = 0
    var lastStar: (pattern: Int, name: Int)?
    while position < name.count {
      if wanted < pattern.count, pattern[wanted] == star {
        lastStar = (wanted, position)
        wanted += 1
      } else if wanted < pattern.count, pattern[wanted] == name[position] {
        wanted += 1
        position += 1
      } else if let star = lastStar {
        lastStar = (star.pattern, star.name + 1)
        wanted = star.pattern + 1
        position = star.name + 1
      } else {
        return false
      }
    }
    return pattern[wanted...].allSatisfy { $0 == star }
  }

  private static let star = UInt8(ascii: "*")

  private static func matches(
    _ component: String, in directory: String, kind: FileStatus.Kind
  ) throws(DatasetError) -> [String] {
    guard component.utf8.contains(star) else {
      let path = Paths.join(directory, component)
      return try isThere(path, kind) ? [path] : []
    }
    let names: [String]
    do { names = try DurableDirectory.list(directory) } catch { throw .file(error) }
    var found: [String] = []
    for name in names where matches(name, component) {
      let path = Paths.join(directory, name)
      if try isThere(path, kind) { found.append(path) }
    }
    return found
  }

  private static func isThere(_ path: String, _ kind: FileStatus.Kind) throws(DatasetError) -> Bool {
    do { return try FileStatus.ifPresent(path)?.kind == kind } catch { throw .file(error) }
  }
}
