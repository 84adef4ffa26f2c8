/// The one way in which a file that must survive a power cut comes to be: a temporary sibling is written, its length
/// verified, its rights set, all of it synced, then renamed into place, then the directory synced. A reader sees the
/// old file or the new one, whole, and with its final rights.
package enum DurableFile {
  /// - Returns: what became of `attributes.readableBy`.
  @discardableResult
  package static func publish(
    _ bytes: [UInt8], to path: String, attributes: FileAttributes = FileAttributes(), replacing: Bool = true
  ) throws(PlatformError) -> AccessGrant {
    let writer = try DurableFileWriter(path: path, attributes: attributes)
    try writer.write(bytes)
    return try writer.commit(replacing: replacing)
  }

  @discardableResult
  package static func publish(
    _ text: String, to path: String, attributes: FileAttributes = FileAttributes(), replacing: Bool = true
  ) throws(PlatformError) -> AccessGrant {
    try publish(Array(text.utf8), to: path, attributes: attributes, replacing: replacing)
  }

  /// The same for content that is never in memory whole. When `content` throws, nothing appears.
  @discardableResult
  package static func publish(
    to path: String, attributes: FileAttributes = FileAttributes(),
    content: (DurableFileWriter) throws(PlatformError) -> Void
  ) throws(PlatformError) -> AccessGrant {
    let writer = try DurableFileWriter(path: path, attributes: attributes)
    try content(writer)
    return try writer.commit()
  }

  /// Publishes another file's bytes; a source that shrinks meanwhile is an error (`truncated`).
  @discardableResult
  package static func copy(
    _ source: DataFile, to path: String, attributes: FileAttributes = FileAttributes()
  ) throws(PlatformError) -> AccessGrant {
    try publish(to: path, attributes: attributes) { (writer) throws(PlatformError) in
      try source.forEachChunk { (chunk) throws(PlatformError) in try writer.write(chunk) }
    }
  }
}
