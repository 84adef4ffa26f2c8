extension Receipt {
  /// The receipt's bytes with a last line for a signature of all bytes before it.
  ///
  /// The bytes themselves are signed, and not some canonical form of the values: then anybody can check them with nothing but
  /// the file (`head -n -1` and OpenSSL), and no reader's idea of a value stands between what was signed and what is shown.
  /// - Parameter sign: makes the signature's text: printable ASCII without blanks.
  package func signed<E: Error>(_ sign: ([UInt8]) throws(E) -> String) throws(E) -> [UInt8] {
    let covered = Array(yaml.utf8)
    return covered + Self.line(try sign(covered))
  }

  /// What a receipt's signature covers, and the signature; nil where the last line is none.
  package static func signedParts(of bytes: [UInt8]) -> (covered: [UInt8], signature: String)? {
    guard bytes.last == newline, let end = bytes.dropLast().lastIndex(of: newline) else { return nil }
    let last = bytes[(end + 1)...].dropLast()
    guard last.starts(with: prefix) else { return nil }
    let signature = String(decoding: last.dropFirst(prefix.count), as: UTF8.self)
    let covered = Array(bytes[...end])
    // What decoding repaired was no signature.
    return covered + line(signature) == bytes ? (covered, signature) : nil
  }

  private static let newline = UInt8(ascii: "\n")
  private static let prefix = Array("signature: ".utf8)

  private static func line(_ signature: String) -> [UInt8] { prefix + Array(signature.utf8) + [newline] }
}
