/// Paths are plain strings; these cut and join them as text, and never look at the disk.
package enum Paths {
  /// `/a` and `b/c` give `/a/b/c`. An absolute second part wins, as in every path language.
  package static func join(_ directory: String, _ name: String) -> String {
    if name.hasPrefix("/") || directory.isEmpty { return name }
    if name.isEmpty { return directory }
    return directory.hasSuffix("/") ? directory + name : directory + "/" + name
  }

  package static func join(_ directory: String, _ names: String...) -> String {
    names.reduce(directory) { join($0, $1) }
  }

  package static func isAbsolute(_ path: String) -> Bool { path.utf8.first == UInt8(ascii: "/") }

  /// Everything before the last component: `/` for `/a`, `.` for `a`.
  package static func parent(of path: String) -> String {
    let trimmed = withoutTrailingSlashes(path)
    guard let slash = trimmed.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "." }
    let head = withoutTrailingSlashes(String(trimmed[..<slash]))
    return head.isEmpty ? "/" : head
  }

  /// `c.yaml` for `/a/b/c.yaml` and for `/a/b/c.yaml/`; `/` for `/`.
  package static func lastComponent(of path: String) -> String {
    let trimmed = withoutTrailingSlashes(path)
    guard let slash = trimmed.utf8.lastIndex(of: UInt8(ascii: "/")) else { return trimmed }
    let name = String(trimmed[trimmed.utf8.index(after: slash)...])
    return name.isEmpty ? "/" : name
  }

  /// The last component without its extension: `c` for `/a/c.yaml`, `.c` for `.c`.
  package static func stem(of path: String) -> String {
    let name = lastComponent(of: path)
    guard let dot = name.utf8.lastIndex(of: UInt8(ascii: ".")), dot != name.utf8.startIndex else { return name }
    return String(name[..<dot])
  }

  /// The last component's extension without the dot, or nothing: `yaml` for `/a/c.yaml`.
  package static func fileExtension(of path: String) -> String {
    let name = lastComponent(of: path)
    guard let dot = name.utf8.lastIndex(of: UInt8(ascii: ".")), dot != name.utf8.startIndex else { return "" }
    return String(name[name.utf8.index(after: dot)...])
  }

  /// The components of an absolute or relative path without empty ones and `.`; `..` stays, since what it means
  /// depends on links.
  package static func components(of path: String) -> [String] {
    path.utf8.split(separator: UInt8(ascii: "/")).map { String(Substring($0)) }.filter { $0 != "." }
  }

  /// The order of bytes, which is the order of names everywhere in hamud: no locale, no Unicode equivalence.
  package static func isBefore(_ left: String, _ right: String) -> Bool {
    left.utf8.lexicographicallyPrecedes(right.utf8)
  }

  private static func withoutTrailingSlashes(_ path: String) -> String {
    var end = path.utf8.endIndex
    while end > path.utf8.startIndex {
      let before = path.utf8.index(before: end)
      guard path.utf8[before] == UInt8(ascii: "/") else { break }
      if before == path.utf8.startIndex { break }
      end = before
    }
    return String(path[..<end])
  }
}
