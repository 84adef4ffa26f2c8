package import Platform

/// Where events go. Posting never fails and never waits for long: whoever reports must not depend on being heard.
package protocol EventSink: Sendable {
  func post(_ event: Event)
}

package enum EventSinks {
  /// The journal where there is one, else standard error.
  ///
  /// A daemon that a person starts in a terminal of a machine with a journal is heard in the terminal: standard error is
  /// the journal only where systemd connected it.
  package static func usual() -> any EventSink {
    Journal.standardErrorIsJournal ? JournalSink() : ErrorStreamSink()
  }
}

/// The journal, with every field. What the journal does not take is said on standard error instead.
package struct JournalSink: EventSink {
  private let otherwise = ErrorStreamSink()

  package init() {}

  package func post(_ event: Event) {
    for piece in event.entry.pieces() {
      do {
        try Journal.send(fields: piece.allFields)
      } catch {
        otherwise.write(piece)
      }
    }
  }
}

/// Standard error: the sentence, then the fields. A priority is shown only to a service manager, which strips it.
package struct ErrorStreamSink: EventSink {
  /// Figures of single steps are for the journal; here they would bury the rest.
  private let leastImportant: Journal.Priority

  package init(leastImportant: Journal.Priority = .info) { self.leastImportant = leastImportant }

  package func post(_ event: Event) {
    if event.entry.priority <= leastImportant { write(event.entry) }
  }

  func write(_ entry: JournalEntry) {
    let prefix = Journal.standardErrorIsJournal ? "<\(entry.priority.rawValue)>" : ""
    // One write for one line, so that lines of two threads do not mix. Nobody is left to be told of a failure.
    try? Console.write(prefix + entry.line.split(separator: "\n").joined(separator: "\n  ") + "\n", to: .error)
  }
}
