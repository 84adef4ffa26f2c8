/// Finds what somebody meant to write.
package enum NearestWord {
  /// The known word that needs the fewest edits (insert, delete, replace, swap of neighbours), the first of equals; nil
  /// when even that is more than a third of the word's length away, or the word is too long to have been meant.
  package static func of(_ word: String, among known: some Sequence<String>) -> String? {
    let letters = Array(word.lowercased().utf8)
    guard !letters.isEmpty, letters.count <= Limits.excerptCharacters else { return nil }
    var best: (word: String, edits: Int)?
    for candidate in known {
      let other = Array(candidate.lowercased().utf8)
      guard abs(other.count - letters.count) <= letters.count / 3 + 1 else { continue }
      let edits = edits(from: letters, to: other)
      let allowed = max(1, max(letters.count, other.count) / 3)
      if edits <= allowed, edits < best?.edits ?? .max { best = (candidate, edits) }
    }
    return best?.word
  }

  /// The known words for a mend, the first `Limits.namesListed` of them.
  static func list(_ known: [String]) -> String {
    let rest = known.count - Limits.namesListed
    return known.prefix(Limits.namesListed).joined(separator: ", ") + (rest > 0 ? " and \(rest) more" : "")
  }

  /// Optimal string alignment distance.
  private static func edits(from a: [UInt8], to b: [UInt8]) -> Int {
    var beforeLast: [Int] = []
    var last = Array(0...b.count)
    for i in 0..<a.count {
      var row = [i + 1]
      for j in 0..<b.count {
        var least = min(row[j] + 1, last[j + 1] + 1, last[j] + (a[i] == b[j] ? 0 : 1))
        if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { least = min(least, beforeLast[j - 1] + 1) }
        row.append(least)
      }
      beforeLast = last
      last = row
    }
    return last[b.count]
  }
}
