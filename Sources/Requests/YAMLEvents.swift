import CLibYAML

/// libyaml's event stream over one text in memory. The only file that touches libyaml, and the only unsafe one here.
///
/// Both the parser's struct and the bytes live in heap memory that this value owns: libyaml stores the struct's own
/// address inside it, and reads the input at every call, so neither may move or end before the last event.
struct YAMLEvents: ~Copyable {
  private let parser: UnsafeMutablePointer<yaml_parser_t>
  private let input: UnsafeMutableBufferPointer<UInt8>

  /// Nil when libyaml has no memory.
  init?(_ bytes: [UInt8]) {
    parser = .allocate(capacity: 1)
    guard yaml_parser_initialize(parser) == 1 else {
      parser.deallocate()
      return nil
    }
    input = .allocate(capacity: max(1, bytes.count))
    _ = input.update(fromContentsOf: bytes)
    // Set, not guessed: a UTF-16 text with a byte order mark is refused before it comes here.
    yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
    yaml_parser_set_input_string(parser, input.baseAddress, bytes.count)
  }

  deinit {
    yaml_parser_delete(parser)
    parser.deallocate()
    input.deallocate()
  }

  /// The next event; `.end` for ever after the last.
  mutating func next() throws(Refusal) -> YAMLEvent {
    var event = yaml_event_t()
    guard yaml_parser_parse(parser, &event) == 1 else { throw Refusal(.invalid, [failure()]) }
    defer { yaml_event_delete(&event) }
    return YAMLEvent(kind: Self.kind(of: event), position: Self.position(event.start_mark))
  }

  private static func kind(of event: yaml_event_t) -> YAMLEvent.Kind {
    switch event.type {
    case YAML_DOCUMENT_START_EVENT: return .documentStart
    case YAML_ALIAS_EVENT: return .alias
    case YAML_SCALAR_EVENT:
      let scalar = event.data.scalar
      let text = String(decoding: UnsafeBufferPointer(start: scalar.value, count: scalar.length), as: UTF8.self)
      let properties = YAMLEvent.Properties(hasAnchor: scalar.anchor != nil, hasTag: scalar.tag != nil)
      return .scalar(YAMLScalar(text, isPlain: scalar.style == YAML_PLAIN_SCALAR_STYLE), properties)
    case YAML_SEQUENCE_START_EVENT:
      let start = event.data.sequence_start
      return .sequenceStart(.init(hasAnchor: start.anchor != nil, hasTag: start.tag != nil))
    case YAML_MAPPING_START_EVENT:
      let start = event.data.mapping_start
      return .mappingStart(.init(hasAnchor: start.anchor != nil, hasTag: start.tag != nil))
    case YAML_SEQUENCE_END_EVENT, YAML_MAPPING_END_EVENT: return .collectionEnd
    case YAML_STREAM_START_EVENT, YAML_DOCUMENT_END_EVENT: return .nothing
    default: return .end
    }
  }

  /// libyaml's own words are fixed texts that never repeat the input, so both renderings may carry them.
  private func failure() -> Diagnostic {
    let state = parser.pointee
    let words = state.problem.map { String(cString: $0) } ?? "no memory"
    guard state.error != YAML_READER_ERROR else {
      return Diagnostic(
        at: SourcePosition(ofByte: state.problem_offset, in: input), "this is no YAML: \(ours: words)",
        mend: "remove that character, or write it as an escape in double quotes")
    }
    let position = Self.position(state.problem_mark)
    let start = Self.position(state.context_mark)
    // Where a quote or bracket that never ends was opened helps more than where the file ends.
    let context = state.context.map {
      " (" + String(cString: $0) + (start < position ? ", begun at \(start)" : "") + ")"
    }
    return Diagnostic(
      at: position, "this is no YAML: \(ours: words)\(ours: context ?? "")",
      mend: "look at the indentation (spaces, no tabs), the colons, brackets and quotes here and in the line before")
  }

  private static func position(_ mark: yaml_mark_t) -> SourcePosition {
    SourcePosition(line: Int(mark.line) + 1, column: Int(mark.column) + 1)
  }
}

/// What libyaml saw, without its memory.
struct YAMLEvent {
  enum Kind {
    case nothing, documentStart, end
    case alias
    case scalar(YAMLScalar, Properties)
    case sequenceStart(Properties)
    case mappingStart(Properties)
    case collectionEnd
  }

  struct Properties {
    let hasAnchor: Bool
    let hasTag: Bool
  }

  let kind: Kind
  let position: SourcePosition
}
