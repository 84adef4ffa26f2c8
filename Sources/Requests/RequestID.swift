/// A request's name and idempotency key: `[A-Za-z0-9][A-Za-z0-9._-]{0,127}`, so that it is a file's name as it stands.
package struct RequestID: Hashable, Comparable, Sendable, CustomStringConvertible {
  package let text: String

  /// Nil when the text is no id.
  package init?(_ text: String) {
    guard Self.isName(text) else { return nil }
    self.text = text
  }

  package var description: String { text }

  package static func < (left: Self, right: Self) -> Bool { left.text.utf8.lexicographicallyPrecedes(right.text.utf8) }

  /// The form in words, for messages.
  static let shape = "1 to \(Limits.requestIDBytes) letters, digits, '.', '_' or '-', beginning with a letter or digit"

  /// Whether a text has the form of an id; names of models have the same.
  package static func isName(_ text: String) -> Bool {
    let bytes = text.utf8
    guard let first = bytes.first, first.isLetterOrDigit, bytes.count <= Limits.requestIDBytes else { return false }
    return bytes.allSatisfy {
      $0.isLetterOrDigit || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "-")
    }
  }
}

extension UInt8 {
  var isDigit: Bool { UInt8(ascii: "0") <= self && self <= UInt8(ascii: "9") }

  var isLetterOrDigit: Bool {
    isDigit || (UInt8(ascii: "a") <= self && self <= UInt8(ascii: "z"))
      || (UInt8(ascii: "A") <= self && self <= UInt8(ascii: "Z"))
  }
}
