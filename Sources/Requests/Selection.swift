/// What a manifest wants forgotten: rows or classes, never both. Each selector keeps its place in the file, so that
/// all those that match nothing can be listed.
package enum Selection: Equatable, Sendable {
  /// The union of both lists; together they are not empty.
  case rows([Located<RowSelector>], subjects: [Located<String>])
  case classes([Located<ClassSelector>])

  package var count: Int {
    switch self {
    case .rows(let rows, let subjects): rows.count + subjects.count
    case .classes(let classes): classes.count
    }
  }

  package var isOfClasses: Bool {
    if case .classes = self { true } else { false }
  }
}

/// Rows of the training split.
package enum RowSelector: Hashable, Sendable {
  /// A zero-based row number.
  case row(Int)
  /// Both ends belong to it.
  case range(ClosedRange<Int>)
  /// A sample's id: everything that was quoted, and every word that is neither a row number nor a range.
  case id(String)
}

/// A class, by its name in the model's `id2label` or by its label number.
package enum ClassSelector: Hashable, Sendable {
  case name(String)
  case label(Int)
}

/// Whether a request may wait for its batch to fill.
package enum Priority: String, CaseIterable, Sendable, Codable { case normal, urgent }

/// What a run does once going on can only hurt what must be kept.
package enum OnHardness: String, CaseIterable, Sendable, Codable {
  case stop, `continue`

  /// The strictest of the model's policy and the batch's requests holds.
  package static func strictest(_ wishes: some Sequence<OnHardness>) -> OnHardness {
    wishes.contains(.stop) ? .stop : .continue
  }
}
