package import Platform

/// One entry of the journal before it is written: pure, so that tests read exactly what people will.
package struct JournalEntry: Sendable, Equatable {
  package struct Field: Sendable, Equatable {
    package let name: String
    package let value: String
  }

  package let priority: Journal.Priority
  package let message: String
  package let messageID: String
  /// hamud's own fields; a name may stand several times.
  package let fields: [Field]

  /// Largest share of an entry that its sentence may take; a longer one is cut.
  static let messageLimit = 24 << 10
  static let cutMark = " … (cut)"

  func at(_ priority: Journal.Priority) -> JournalEntry {
    JournalEntry(priority: priority, message: message, messageID: messageID, fields: fields)
  }

  /// Everything that is sent, in order.
  package var allFields: [(String, String)] {
    [
      ("MESSAGE", message), ("MESSAGE_ID", messageID), ("PRIORITY", String(priority.rawValue)),
      ("SYSLOG_IDENTIFIER", "hamud"),
    ] + fields.map { ($0.name, $0.value) }
  }

  /// One line for where there is no journal: the sentence, then the fields.
  package var line: String {
    let tail = fields.map { " \($0.name)=\(Self.quoted($0.value))" }.joined()
    return message + tail
  }

  private static func quoted(_ value: String) -> String {
    value.contains { $0 == " " || $0.isNewline || $0 == "\"" } ? value.debugDescription : value
  }
}

// MARK: - Size

extension JournalEntry {
  /// Bytes as `Journal.entryLimit` counts them.
  package var byteCount: Int {
    allFields.reduce(0) { $0 + $1.0.utf8.count + 1 + $1.1.utf8.count }
  }

  /// The entry as one or more entries that the journal takes, none larger than `limit`.
  ///
  /// A batch may have any number of requests, and each must find itself with `HAMUD_REQUEST_ID=`: their ids are spread
  /// over as many entries as it takes, all with the same sentence and the other fields. A sentence or a value that
  /// is too long by itself is cut between two characters.
  package func pieces(limit: Int = Journal.entryLimit) -> [JournalEntry] {
    guard byteCount > limit else { return [self] }
    let cut = JournalEntry(
      priority: priority, message: Self.cut(message, to: min(Self.messageLimit, limit / 2)), messageID: messageID,
      fields: fields.map { Field(name: $0.name, value: Self.cut($0.value, to: limit / 16)) })
    let requestName = EventFields.Name.request.rawValue
    let common = cut.fields.filter { $0.name != requestName }
    let empty = cut.with(common)
    var pieces: [JournalEntry] = []
    var current: [Field] = []
    var size = empty.byteCount
    for field in cut.fields where field.name == requestName {
      let own = field.name.utf8.count + 1 + field.value.utf8.count
      if size + own > limit, !current.isEmpty {
        pieces.append(empty.with(current + common))
        current = []
        size = empty.byteCount
      }
      current.append(field)
      size += own
    }
    pieces.append(empty.with(current + common))
    return pieces
  }

  private func with(_ fields: [Field]) -> JournalEntry {
    JournalEntry(priority: priority, message: message, messageID: messageID, fields: fields)
  }

  /// At most `limit` bytes, cut between two characters, with a mark that says so.
  static func cut(_ text: String, to limit: Int) -> String {
    guard text.utf8.count > limit else { return text }
    var kept = ""
    var room = limit - cutMark.utf8.count
    for character in text {
      room -= character.utf8.count
      guard room >= 0 else { break }
      kept.append(character)
    }
    return kept + cutMark
  }
}
