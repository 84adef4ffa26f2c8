/// Every bound this room puts on what comes from outside, in one place.
///
/// Each is tested at the limit and one past it; past it the input is refused with both numbers.
package enum Limits {
  /// Bytes of a manifest, a configuration file or a receipt.
  package static let documentBytes = 1 << 20
  /// Lists and mappings inside each other, the outermost counted.
  package static let documentDepth = 32
  /// Selectors of one manifest, over all its lists together.
  package static let selectors = 100_000
  /// Bytes of a request's id.
  package static let requestIDBytes = 128
  /// Unicode scalars of a manifest's free text `reason`.
  package static let reasonCharacters = 1000
  /// Problems that one refusal lists; the rest is counted. A file of a mebibyte can be wrong in half a million
  /// places, and its answer must not be larger than a person can use.
  package static let problemsListed = 1000
  /// Problems that a refusal names in the journal, whose entries hold 48 KiB.
  package static let problemsInJournal = 20
  /// Known names that a mend lists; the rest is counted. A thousand classes would drown the sentence.
  package static let namesListed = 20
  /// Characters of a file's own text that a message repeats before it is cut.
  package static let excerptCharacters = 64
  /// Objects and arrays inside each other in a JSON text.
  package static let jsonDepth = 64
  /// Bytes of a JSON text when the caller names no other limit: a manifest escaped into one line fits several times.
  package static let jsonBytes = 8 << 20
}
