/// The name under which a refused file and its receipt are kept: `STEM.DIGEST12`.
///
/// A dropped file's name is anybody's bytes. Everything but letters, digits, `.`, `_` and `-` becomes `%XX`, a
/// leading dot too, so that the name can neither hide, leave the directory, nor upset a terminal. The digest keeps
/// two refused files of one name apart, and makes the same refusal land on the same name. Where that name is taken by another
/// user's refusal it is `STEM+UID.DIGEST12`, which no stem can look like.
package enum RejectedName {
  /// Longest stem kept, in bytes; with uid, digest and suffix the name stays below the 255 bytes of a file name.
  package static let stemLimit = 200

  /// - Parameters:
  ///   - fileName: the bytes of the dropped file's name.
  ///   - digest: hexadecimal SHA-256 of the file's bytes, or of its name where nothing was read.
  ///   - owner: whose name it is apart from everybody else's.
  package static func make(fileName: String, digest: String, owner: UInt32? = nil) -> String {
    escape(stem(of: fileName)) + (owner.map { "+\($0)" } ?? "") + "." + digest.prefix(12)
  }

  /// The name without its last extension.
  package static func stem(of fileName: String) -> String {
    guard let dot = fileName.lastIndex(of: "."), dot != fileName.startIndex else { return fileName }
    return String(fileName[..<dot])
  }

  static func escape(_ stem: String) -> String {
    var kept = ""
    var length = 0
    for (position, byte) in stem.utf8.enumerated() {
      let piece = isPlain(byte, first: position == 0) ? String(UnicodeScalar(byte)) : percent(byte)
      guard length + piece.utf8.count <= stemLimit else { break }
      kept += piece
      length += piece.utf8.count
    }
    return kept.isEmpty ? "%" : kept
  }

  private static func isPlain(_ byte: UInt8, first: Bool) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
      true
    case UInt8(ascii: "."): !first
    default: false
    }
  }

  private static func percent(_ byte: UInt8) -> String {
    let digits = String(byte, radix: 16, uppercase: true)
    return "%" + (digits.count == 1 ? "0" + digits : digits)
  }
}
