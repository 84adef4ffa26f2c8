/// How a key's single value is read from its text, and how a valid one looks, so that every refusal can say so.
///
/// The key decides, never the text: `no`, `off`, `0017` and `2e-4` mean what the form makes of them, quoted or not.
package struct ScalarForm<Value>: Sendable {
  /// After "is not": "a whole number from 1 to 200".
  package let shape: String
  /// A valid value, as one would write it.
  package let example: String
  package let read: @Sendable (YAMLScalar) -> ScalarReading<Value>

  package init(
    shape: String, example: String, read: @escaping @Sendable (YAMLScalar) -> ScalarReading<Value>
  ) {
    self.shape = shape
    self.example = example
    self.read = read
  }

  /// A form that takes what `read` makes of the text and refuses the rest.
  package init(shape: String, example: String, text read: @escaping @Sendable (String) -> Value?) {
    self.init(shape: shape, example: example, read: { scalar in read(scalar.text).map { .value($0) } ?? .unfit })
  }

  /// The same form with another example: the key's own default says more than any.
  package func example(_ example: String) -> Self { Self(shape: shape, example: example, read: read) }
}

package enum ScalarReading<Value> {
  case value(Value)
  /// Not of this shape; the reader says which shape, and the example.
  case unfit
  /// Of this shape, and wrong for a reason of its own.
  case wrong(DiagnosticText, mend: DiagnosticText)
}

extension ScalarForm where Value == String {
  /// Any text that is not empty.
  package static var text: Self {
    Self(shape: "a text that says something", example: "a text", text: { $0.isEmpty ? nil : $0 })
  }

  /// A name with the form of a request's id.
  package static var name: Self {
    Self(shape: RequestID.shape, example: "cifar10", text: { RequestID.isName($0) ? $0 : nil })
  }
}

extension ScalarForm where Value == Bool {
  /// `on`, `true`, `yes` and their opposites.
  package static var boolean: Self {
    Self(
      shape: "on or off", example: "on",
      text: { text in
        switch text {
        case "on", "true", "yes": true
        case "off", "false", "no": false
        default: nil
        }
      })
  }
}

extension ScalarForm where Value: RawRepresentable & CaseIterable & Sendable, Value.RawValue == String {
  /// One of a few words. `later` are words that are kept for a release to come: they are refused by name.
  package static func word(_ type: Value.Type = Value.self, later: [String] = []) -> Self {
    let words = Value.allCases.map(\.rawValue)
    let list = words.dropLast().joined(separator: ", ") + (words.count > 1 ? " or " : "") + (words.last ?? "")
    return Self(shape: list, example: words.first ?? "") { scalar in
      if let value = Value(rawValue: scalar.text) { return .value(value) }
      if later.contains(scalar.text) {
        return .wrong("\(theirs: scalar.text) is not in this release yet", mend: "write \(ours: list)")
      }
      guard let nearest = NearestWord.of(scalar.text, among: words) else { return .unfit }
      return .wrong("\(theirs: scalar.text) is not \(ours: list)", mend: "did you mean \(ours: nearest)?")
    }
  }
}
