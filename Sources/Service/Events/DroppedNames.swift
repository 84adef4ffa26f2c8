/// The last line of defence for names in the journal: an error of the file system carries the path it was about, and the
/// name of a dropped file is anybody's text, often a person's name.
enum DroppedNames {
  private static let places = ["/spool/hamud/incoming/", "/spool/hamud/rejected/"]

  /// The text with whatever follows such a directory replaced by an ellipsis. A name may hold anything, so that nobody
  /// can say where it ends: the text goes on after its last `: ` (the reason of a `PlatformError`), or not at all.
  static func hidden(in text: String) -> String {
    guard let start = places.compactMap({ end(of: $0, in: text) }).min() else { return text }
    let tail = text[start...]
    guard let colon = lastColon(in: tail) else { return text[..<start] + "…" }
    return text[..<start] + "…" + tail[colon...]
  }

  private static func end(of place: String, in text: String) -> String.Index? {
    text.range(of: place)?.upperBound
  }

  private static func lastColon(in text: Substring) -> Substring.Index? {
    var found: Substring.Index?
    var index = text.startIndex
    while index < text.endIndex {
      let next = text.index(after: index)
      if text[index] == ":", next < text.endIndex, text[next] == " " { found = index }
      index = next
    }
    return found
  }
}

extension String {
  /// The first occurrence, compared by scalars. (Foundation's search is not worth its memory here.)
  fileprivate func range(of needle: String) -> Range<String.Index>? {
    let (hay, wanted) = (unicodeScalars, needle.unicodeScalars)
    var start = hay.startIndex
    while start < hay.endIndex {
      if hay[start...].starts(with: wanted) { return start..<hay.index(start, offsetBy: wanted.count) }
      start = hay.index(after: start)
    }
    return nil
  }
}
