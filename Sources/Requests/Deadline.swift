/// When a request must be done: a date (to the end of that day, UTC) or an RFC 3339 time.
package struct Deadline: Hashable, Sendable {
  /// As the requester wrote it.
  package let text: String
  /// Seconds since 1970-01-01T00:00:00Z. For a date: the first second of the next day, the end not included.
  package let end: Int64

  package init?(_ text: String) {
    guard let end = CivilTime.endOfDay(text) ?? CivilTime.time(text) else { return nil }
    self.text = text
    self.end = end
  }
}
