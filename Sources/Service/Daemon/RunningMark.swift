package import Platform

/// A file that is there while a daemon works on these places: one that is found at the start was left by a process that did
/// not end in order.
package struct RunningMark: Sendable {
  private let path: String
  /// Whether the last process left it.
  package let wasLeft: Bool

  package init(_ places: Places) throws(PlatformError) {
    path = places.runningMark
    wasLeft = try FileStatus.ifPresent(path) != nil
    if !wasLeft { try DurableFile.publish([], to: path, attributes: FileAttributes(mode: 0o640)) }
  }

  package func remove() throws(PlatformError) { try DurableDirectory.removeFile(path) }
}
