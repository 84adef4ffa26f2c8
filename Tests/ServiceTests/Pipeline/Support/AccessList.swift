import Glibc

/// Who may read a file besides those whom its mode allows.
enum AccessList {
  private typealias Call =
    @convention(c) (UnsafePointer<CChar>, UnsafePointer<CChar>, UnsafeMutableRawPointer?, Int) -> Int

  /// The users that the file's ACL lets read; none where it has no ACL.
  static func readers(of path: String) throws -> [UInt32] {
    // Swift's Glibc module does not show it.
    guard let symbol = dlsym(nil, "getxattr") else { throw Missing(what: "getxattr") }
    let get = unsafeBitCast(symbol, to: Call.self)
    var bytes = [UInt8](repeating: 0, count: 1 << 10)
    let count = bytes.withUnsafeMutableBytes { get(path, "system.posix_acl_access", $0.baseAddress, $0.count) }
    guard count > 0 else {
      guard errno == ENODATA else { throw Neighbour.Failure(number: errno) }
      return []
    }
    // A version, then entries of {tag, permissions, id}, little-endian (include/uapi/linux/posix_acl_xattr.h).
    return bytes.withUnsafeBytes { list in
      stride(from: 4, to: count, by: 8).compactMap { start in
        let tag = UInt16(littleEndian: list.loadUnaligned(fromByteOffset: start, as: UInt16.self))
        let permissions = UInt16(littleEndian: list.loadUnaligned(fromByteOffset: start + 2, as: UInt16.self))
        let id = UInt32(littleEndian: list.loadUnaligned(fromByteOffset: start + 4, as: UInt32.self))
        return tag == 0x02 && permissions == 4 ? id : nil
      }
    }
  }
}
