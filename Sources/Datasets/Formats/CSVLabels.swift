/// The labels of a table while it is read: each distinct text once, numbered as it appears; what the numbers mean is
/// known at the end, when all of them have been seen.
struct CSVLabels {
  private struct Word {
    let text: String
    let path: String
    /// Where it appeared first.
    let line: Int
  }

  private var words: [Word] = []
  private var numbers: [String: Int32] = [:]

  /// The number of a label's text, a new one for a new text.
  mutating func number(of text: String, path: String, line: Int) throws(DatasetError) -> Int32 {
    if let known = numbers[text] { return known }
    guard words.count < DatasetLimits.classes else {
      throw .tooMany(what: "different labels", path: path, found: words.count + 1, limit: DatasetLimits.classes)
    }
    let number = Int32(words.count)
    words.append(Word(text: text, path: path, line: line))
    numbers[text] = number
    return number
  }

  /// What the labels turned out to be.
  struct Meaning {
    /// By the number given while reading: the class.
    let classes: [Int32]
    /// nil where labels are numbers.
    let names: [String]?
    /// By class: the text that stands for it in a row's content. Empty for a class that no row has.
    let texts: [String]
  }

  /// - Parameters:
  ///   - known: the model's class names; empty: unknown.
  ///   - column: the label column's name, for errors.
  func meaning(known: [String], column: String) throws(DatasetError) -> Meaning {
    if let classes = try wholeNumbers(column) {
      var texts = [String](repeating: "", count: 1 + Int(classes.max() ?? 0))
      for label in classes { texts[Int(label)] = String(label) }
      return Meaning(classes: classes, names: nil, texts: texts)
    }
    let knownNumbers = Self.numbers(of: known)
    let strangers = words.filter { knownNumbers[$0.text] == nil }
    if strangers.count < words.count, let stranger = strangers.first {
      throw .table(path: stranger.path, line: stranger.line, column: column, .unknownClass(known: known.count))
    }
    // Byte order, as everywhere in hamud: no locale may decide what class 0 is.
    let names =
      strangers.isEmpty ? known : words.map(\.text).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    let classes = Self.numbers(of: names)
    return Meaning(classes: words.map { classes[$0.text] ?? 0 }, names: names, texts: names)
  }

  /// Of two classes with one name the first stands.
  private static func numbers(of names: [String]) -> [String: Int32] {
    Dictionary(names.enumerated().map { ($0.element, Int32($0.offset)) }, uniquingKeysWith: { first, _ in first })
  }

  /// nil where some label is a word.
  private func wholeNumbers(_ column: String) throws(DatasetError) -> [Int32]? {
    var classes: [Int32] = []
    var fault: DatasetError?
    for word in words {
      let bytes = Array(word.text.utf8)
      // Not a number is an answer here, no error: then labels are names.
      guard let value = try? CSVNumber.parse(bytes, 0..<bytes.count) else { return nil }
      guard let whole = Int(exactly: value), whole >= 0, whole < DatasetLimits.classes else {
        let isNegative = value < 0 && value == value.rounded()
        fault =
          fault
          ?? .table(
            path: word.path, line: word.line, column: column, isNegative ? .negativeLabel : .badLabel)
        continue
      }
      classes.append(Int32(whole))
    }
    if let fault { throw fault }
    return classes
  }
}
