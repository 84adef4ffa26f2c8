/// The keys of one mapping. What is asked for is what is known: `finish` reports every other key with the nearest of
/// those that were asked for, so no list of keys can go stale.
package final class MappingReader {
  package let position: SourcePosition
  private let pairs: [String: YAMLPair]
  private let order: [YAMLPair]
  private let path: String
  private let document: DocumentReader
  private var known: [String] = []
  private var later: Set<String> = []

  init(_ pairs: [YAMLPair], at position: SourcePosition, path: String, in document: DocumentReader) {
    self.position = position
    self.path = path
    self.document = document
    order = pairs
    self.pairs = Dictionary(pairs.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
  }

  /// The key with those it stands under: `forget.samples`.
  package func name(_ key: String) -> String { path + key }

  package func report(
    at position: SourcePosition?, _ problem: @autoclosure () -> DiagnosticText, mend: @autoclosure () -> DiagnosticText
  ) {
    document.report(at: position, problem(), mend: mend())
  }

  /// The key this mapping stands under: `unlearning.radius`.
  package var title: String { String(path.dropLast()) }

  /// How many keys stand in it.
  package var writtenCount: Int { order.count }

  /// As they stand in it.
  package var keys: [String] { order.map(\.key) }

  /// Whether the key is there, with whatever value.
  package func has(_ key: String) -> Bool { pairs[key] != nil }

  /// Where the key stands.
  package func keyPosition(_ key: String) -> SourcePosition? { pairs[key]?.keyPosition }

  /// The value's node as it stands; asking makes the key known.
  package func node(_ key: String) -> YAMLNode? {
    if !known.contains(key) { known.append(key) }
    return pairs[key]?.value
  }

  /// Makes a key known that this release refuses by name.
  package func later(_ key: String, mend: DiagnosticText = "remove it") {
    guard let pair = pairs[key] else { return }
    later.insert(key)
    report(at: pair.keyPosition, "\(ours: name(key)) is not in this release yet", mend: mend)
  }

  package func optional<Value>(_ key: String, _ form: ScalarForm<Value>) -> Located<Value>? {
    node(key).flatMap { document.scalar($0, form, name: name(key)) }
  }

  package func required<Value>(_ key: String, _ form: ScalarForm<Value>) -> Located<Value>? {
    guard has(key) else {
      missing(key, mend: "add \(ours: key): \(ours: form.example)")
      return nil
    }
    return optional(key, form)
  }

  /// The value, or what holds when the key is absent; also when it was wrong, since then nothing is used anyway.
  package func value<Value>(_ key: String, _ form: ScalarForm<Value>, default fallback: Value) -> Value {
    optional(key, form)?.value ?? fallback
  }

  /// A mapping under a key; nil when absent or, reported, something else.
  package func mapping(_ key: String, example: String = "KEY: VALUE") -> MappingReader? {
    node(key).flatMap { document.mapping($0, name: name(key), path: name(key) + ".", example: example) }
  }

  /// A list's nodes under a key; nil when absent or, reported, no list.
  package func items(_ key: String, example: String) -> [YAMLNode]? {
    node(key).flatMap { document.items($0, name: name(key), example: example) }
  }

  /// A list of single values; those that do not fit are reported and left out.
  package func list<Value>(_ key: String, of form: ScalarForm<Value>, example: String) -> [Located<Value>]? {
    items(key, example: example).map { read($0, form, key: key) }
  }

  package func read<Value>(_ items: [YAMLNode], _ form: ScalarForm<Value>, key: String) -> [Located<Value>] {
    items.compactMap { document.scalar($0, form, name: name(key), isItem: true) }
  }

  /// A list inside a list under a key.
  package func items(_ node: YAMLNode, key: String, example: String) -> [YAMLNode]? {
    document.items(node, name: name(key), example: example)
  }

  /// Reports that a key is missing, at the place of its mapping.
  package func missing(_ key: String, mend: DiagnosticText) {
    _ = node(key)
    report(at: position, "\(ours: name(key)) is missing", mend: mend)
  }

  /// Reports the keys nobody asked for.
  package func finish() {
    let asked = Set(known).union(later)
    for pair in order where !asked.contains(pair.key) {
      report(at: pair.keyPosition, "unknown key \(theirs: path + pair.key)", mend: instead(of: pair.key))
    }
  }

  private func instead(of key: String) -> DiagnosticText {
    guard let nearest = NearestWord.of(key, among: known) else {
      return "known here: \(ours: known.joined(separator: ", "))"
    }
    return "did you mean \(ours: nearest)?"
  }
}
