/// One thing that is wrong in a file: where, what, and how to mend it.
package struct Diagnostic: Hashable, Sendable {
  /// Nil where the whole file is meant: its size, its name, its kind.
  package let position: SourcePosition?
  package let problem: DiagnosticText
  package let mend: DiagnosticText

  package init(at position: SourcePosition?, _ problem: DiagnosticText, mend: DiagnosticText) {
    self.position = position
    self.problem = problem
    self.mend = mend
  }

  /// `line:column: problem; mend`, for whoever wrote the file.
  package var full: String { place + problem.full + "; " + mend.full }

  /// The same without a word of the file, for the journal.
  package var redacted: String { place + problem.redacted + "; " + mend.redacted }

  /// `file:line:column: problem; mend`, for files that are the operator's own.
  package func full(in file: String) -> String { file + ":" + (position == nil ? " " : "") + full }

  private var place: String { position.map { "\($0): " } ?? "" }

  /// Sorted by place, what concerns the whole file first; equal places keep their order.
  package static func sorted(_ diagnostics: [Diagnostic]) -> [Diagnostic] {
    diagnostics.enumerated().sorted { left, right in
      let (first, second) = (left.element.position, right.element.position)
      guard first != second else { return left.offset < right.offset }
      guard let first, let second else { return first == nil }
      return first < second
    }.map(\.element)
  }
}
