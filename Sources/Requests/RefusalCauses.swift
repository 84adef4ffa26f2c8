extension Refusal {
  /// Why a dropped file was not even read.
  package enum FileKind: Sendable { case link, linkedTwice, notRegular }

  /// - Parameter isLeft: of a dropped file, which stays in the spool.
  package static func tooLarge(bytes: Int, limit: Int = Limits.documentBytes, isLeft: Bool = false) -> Refusal {
    let mend: DiagnosticText = "split it, or name ranges instead of single rows"
    let rest: DiagnosticText = "; the file was left where you dropped it: take it back, replace it, or remove it"
    return Refusal(
      .tooLarge,
      [
        Diagnostic(
          at: nil, "\(ours: bytes) bytes, at most \(ours: limit) are read", mend: isLeft ? mend + rest : mend)
      ])
  }

  package static func notAFile(_ kind: FileKind) -> Refusal {
    let problem: DiagnosticText =
      switch kind {
      case .link: "this is a symbolic link, which is not followed"
      case .linkedTwice: "this file has more than one name (hard links)"
      case .notRegular: "this is no regular file"
      }
    return Refusal(.notAFile, [Diagnostic(at: nil, problem, mend: "drop a copy of the file itself")])
  }

  /// - Parameter known: the configured models, in the order they are to be listed.
  package static func unknownModel(_ model: Located<String>, known: [String]) -> Refusal {
    let list = known.isEmpty ? "no model is configured" : "configured: " + NearestWord.list(known)
    let mend: DiagnosticText =
      if let nearest = NearestWord.of(model.value, among: known) {
        "did you mean \(ours: nearest)? (\(ours: list))"
      } else {
        "\(ours: list)"
      }
    return Refusal(.unknownModel, [Diagnostic(at: model.position, "unknown model \(theirs: model.value)", mend: mend)])
  }

  /// - Parameter misses: one diagnostic for each selector that matches nothing, made by `Diagnostic.rowPastEnd` and
  ///   its neighbours.
  package static func nothingSelected(_ misses: [Diagnostic]) -> Refusal { Refusal(.nothingSelected, misses) }

  package static func idTaken(_ id: RequestID, at position: SourcePosition? = nil) -> Refusal {
    Refusal(
      .idTaken,
      [
        Diagnostic(
          at: position, "the id \(theirs: id.text) was used before by a manifest with other content",
          mend: "give this request an id of its own; the earlier one stays as it is")
      ])
  }

  /// - Parameters:
  ///   - what: "requests" or "rows".
  ///   - when: when it may be handed in again, RFC 3339.
  package static func quota(_ what: String, wanted: Int, limit: Int, when: String) -> Refusal {
    Refusal(
      .quota,
      [
        Diagnostic(
          at: nil, "this makes \(ours: wanted) \(ours: what) today, at most \(ours: limit) are taken from one user",
          mend: "hand it in again after \(ours: when)")
      ])
  }
}

extension Diagnostic {
  package static func rowPastEnd(_ row: Int, at position: SourcePosition, rowCount: Int) -> Diagnostic {
    Diagnostic(
      at: position, "forget.samples: row \(number: row) does not exist", mend: validRows(rowCount))
  }

  /// A range of which some or all rows are past the end.
  package static func rangePastEnd(
    _ range: ClosedRange<Int>, at position: SourcePosition, rowCount: Int
  ) -> Diagnostic {
    Diagnostic(
      at: position, "the range \(number: range.lowerBound)-\(number: range.upperBound) goes past the last row",
      mend: validRows(rowCount))
  }

  /// - Parameter hasIdentifiers: whether the model's data names ids at all.
  package static func unknownSample(
    _ id: String, at position: SourcePosition, hasIdentifiers: Bool
  ) -> Diagnostic {
    let mend: DiagnosticText =
      if NumberText.real(id) != nil {
        "a row number is written plainly: no quotes, no leading zeros, digits only"
      } else {
        hasIdentifiers ? "write an id of the model's ids, or a row number" : noIdentifiers
      }
    return Diagnostic(at: position, "forget.samples: no sample has the id \(theirs: id)", mend: mend)
  }

  package static func unknownSubject(
    _ subject: String, at position: SourcePosition, hasIdentifiers: Bool
  ) -> Diagnostic {
    Diagnostic(
      at: position, "forget.subjects: no sample belongs to \(theirs: subject)",
      mend: hasIdentifiers ? "write a subject of the model's ids" : noSubjects)
  }

  /// - Parameter known: the classes' names in the order of their labels.
  package static func unknownClass(
    _ selector: ClassSelector, at position: SourcePosition, known: [String]
  ) -> Diagnostic {
    let list = NearestWord.list(known.enumerated().map { "\($0.element) (\($0.offset))" })
    switch selector {
    case .label(let label):
      return Diagnostic(
        at: position, "forget.classes: there is no label \(number: label)", mend: "classes: \(ours: list)")
    case .name(let name):
      let nearest = NearestWord.of(name, among: known).map { "did you mean \($0)? " } ?? ""
      return Diagnostic(
        at: position, "forget.classes: there is no class \(theirs: name)",
        mend: "\(ours: nearest)classes: \(ours: list)")
    }
  }

  /// A class that is known and has no row in the training data.
  package static func emptyClass(_ selector: ClassSelector, at position: SourcePosition) -> Diagnostic {
    let name: DiagnosticText =
      switch selector {
      case .label(let label): "\(number: label)"
      case .name(let name): "\(theirs: name)"
      }
    return Diagnostic(
      at: position, "forget.classes: the training data has no row of class \(text: name)",
      mend: "there is nothing of it to forget; remove it")
  }

  private static let noIdentifiers: DiagnosticText =
    "the model's data has no ids (data.ids); name row numbers instead"

  private static let noSubjects: DiagnosticText =
    "the model's data says of no row whose it is (data.ids, or data.subject of csv); name ids or row numbers instead"

  private static func validRows(_ count: Int) -> DiagnosticText { "rows are 0 to \(ours: max(0, count - 1))" }
}
