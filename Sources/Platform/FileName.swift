/// One component of a path exactly as the directory holds it: Linux allows every byte but `/` and zero, so a name is
/// bytes, and a Swift string only where those are UTF-8.
package struct FileName: Hashable, Sendable, Comparable, ExpressibleByStringLiteral {
  package let bytes: [UInt8]

  package init(bytes: [UInt8]) { self.bytes = bytes }
  package init(_ text: String) { self.init(bytes: Array(text.utf8)) }
  package init(stringLiteral text: String) { self.init(text) }

  /// The name as text; absent when the bytes are not UTF-8.
  package var text: String? { String(validating: bytes, as: UTF8.self) }

  /// For a person: bytes that are not UTF-8 become the replacement character.
  package var readable: String { String(decoding: bytes, as: UTF8.self) }

  package var startsWithDot: Bool { bytes.first == UInt8(ascii: ".") }

  package func hasSuffix(_ suffix: String) -> Bool { bytes.reversed().starts(with: suffix.utf8.reversed()) }
  package func hasPrefix(_ prefix: String) -> Bool { bytes.starts(with: prefix.utf8) }

  /// Byte order.
  package static func < (left: FileName, right: FileName) -> Bool { left.bytes.lexicographicallyPrecedes(right.bytes) }

  /// A name that could leave its directory or end a C string early never reaches a system call.
  var isOneComponent: Bool {
    !bytes.isEmpty && !bytes.contains(UInt8(ascii: "/")) && !bytes.contains(0) && self != "." && self != ".."
  }

  func withCString<R, Failure: Error>(_ body: (UnsafePointer<CChar>) throws(Failure) -> R) throws(Failure) -> R {
    let terminated = bytes.map { CChar(bitPattern: $0) } + [0]
    return try terminated.withUnsafeBufferPointer { (buffer: UnsafeBufferPointer<CChar>) throws(Failure) -> R in
      // The array holds at least its terminator, so the base address exists; an empty C string otherwise.
      guard let base = buffer.baseAddress else { return try body([0]) }
      return try body(base)
    }
  }
}
