import Platform

/// One thing that happened, as a person will read it: the journal is the user interface of the daemon.
///
/// What it owns: every sentence that the daemon says, its priority, its MESSAGE_ID and its fields. There is one function for
/// each kind of event (`Event+Service`, `+Model`, `+Request`, `+Run`), which takes plain values and gives a finished entry;
/// saying it is an `EventSink`'s. Nothing here looks anything up, waits or fails.
///
/// What it refuses: names. Requests are named by their ids, refused and unread files by a digest, refusals by their redacted
/// rendering; a free text (`detail`) is hamud's own words, and is cut where a dropped file's path begins all the same.
///
/// Known weakness: an id is repeated as it was given, so that whoever puts a person's name into an id puts it into the
/// journal. README says so.
package struct Event: Sendable, Equatable {
  package let kind: EventKind
  package let entry: JournalEntry

  init(_ kind: EventKind, _ message: String, _ fields: EventFields = EventFields()) {
    self.kind = kind
    entry = JournalEntry(
      priority: kind.priority, message: DroppedNames.hidden(in: message), messageID: kind.messageID,
      fields: fields.pairs)
  }

  /// The same event said at another priority, for the few that matter more in one place than in another.
  func at(_ priority: Journal.Priority) -> Event {
    Event(kind: kind, entry: entry.at(priority))
  }

  private init(kind: EventKind, entry: JournalEntry) {
    self.kind = kind
    self.entry = entry
  }
}
