/// The one error of this room: why bytes were not taken for what they should be.
///
/// It lists every problem that could be found, in the order of the file; past `Limits.problemsListed` they are counted.
package struct Refusal: Error, Equatable, Sendable {
  package let reason: Reason
  /// Sorted by position, never empty, at most `Limits.problemsListed`.
  package let problems: [Diagnostic]
  /// Problems beyond those listed.
  package let unlisted: Int

  package init(_ reason: Reason, _ problems: [Diagnostic]) {
    self.reason = reason
    let sorted = Diagnostic.sorted(problems)
    self.problems = Array(sorted.prefix(Limits.problemsListed))
    unlisted = max(0, sorted.count - Limits.problemsListed)
  }

  init(_ reason: Reason, _ list: DiagnosticList) {
    self.reason = reason
    problems = Diagnostic.sorted(list.kept)
    unlisted = list.total - list.kept.count
  }

  /// For the rejected receipt: one problem a line.
  package var full: String { lines(problems.map(\.full), listed: problems.count) }

  /// For the journal: places, kinds and mends, and nothing that stood in the file.
  package var redacted: String {
    lines(problems.prefix(Limits.problemsInJournal).map(\.redacted), listed: Limits.problemsInJournal)
  }

  private func lines(_ texts: [String], listed: Int) -> String {
    let rest = max(0, problems.count - listed) + unlisted
    return (texts + (rest > 0 ? ["and \(rest) more"] : [])).joined(separator: "\n")
  }
}

/// Problems as they are found: the first `Limits.problemsListed` are kept, all are counted. What is only counted is
/// not worded either: that would cost a hostile file nothing and the daemon seconds.
package struct DiagnosticList: Sendable {
  package private(set) var kept: [Diagnostic] = []
  package private(set) var total = 0

  package init() {}

  package var isEmpty: Bool { total == 0 }

  package mutating func append(_ diagnostic: @autoclosure () -> Diagnostic) {
    total += 1
    if kept.count < Limits.problemsListed { kept.append(diagnostic()) }
  }
}
