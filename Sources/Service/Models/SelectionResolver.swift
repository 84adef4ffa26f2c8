package import Checkpoints
package import Datasets
import Ledger
package import Requests

/// What a manifest's selectors mean in one model's data.
package struct ResolvedSelection: Sendable, Equatable {
  /// Training rows, ascending, each once.
  package let rows: [Int]
  /// The labels of a class request, ascending; nil for a request of rows.
  package let classes: [Int]?
}

/// Turns selectors into rows. A pure function of the manifest and the open data; every selector that matches nothing
/// is listed, not the first alone, so that a requester mends the file once.
package enum SelectionResolver {
  package static func resolve(
    _ selection: Selection, in dataset: Dataset, labels: ClassLabels
  ) throws(Refusal) -> ResolvedSelection {
    switch selection {
    case .rows(let selectors, let subjects): try rows(selectors, subjects, dataset)
    case .classes(let selectors): try classes(selectors, dataset, labels)
    }
  }

  private static func rows(
    _ selectors: [Located<RowSelector>], _ subjects: [Located<String>], _ dataset: Dataset
  ) throws(Refusal) -> ResolvedSelection {
    let count = dataset.train.count
    // Ranges are merged before they become rows: many large ones that overlap must cost no more than few.
    var chosen: [ClosedRange<Int>] = []
    var misses: [Diagnostic] = []
    for selector in selectors {
      switch selector.value {
      case .row(let row) where row < count: chosen.append(row...row)
      case .row(let row): misses.append(.rowPastEnd(row, at: selector.position, rowCount: count))
      case .range(let range) where range.upperBound < count: chosen.append(range)
      case .range(let range): misses.append(.rangePastEnd(range, at: selector.position, rowCount: count))
      case .id(let id):
        if let row = dataset.identifiers.row(ofID: id) {
          chosen.append(row...row)
        } else {
          misses.append(.unknownSample(id, at: selector.position, hasIdentifiers: dataset.identifiers.hasIDs))
        }
      }
    }
    for subject in subjects {
      let theirs = dataset.identifiers.rows(ofSubject: subject.value)
      chosen += theirs.map { $0...$0 }
      if theirs.isEmpty {
        misses.append(
          .unknownSubject(subject.value, at: subject.position, hasIdentifiers: dataset.identifiers.hasSubjects))
      }
    }
    guard misses.isEmpty else { throw .nothingSelected(misses) }
    return ResolvedSelection(rows: RowSet(ranges: chosen).rows, classes: nil)
  }

  private static func classes(
    _ selectors: [Located<ClassSelector>], _ dataset: Dataset, _ labels: ClassLabels
  ) throws(Refusal) -> ResolvedSelection {
    var chosen: Set<Int> = []
    var misses: [Diagnostic] = []
    for selector in selectors {
      let numbers = Self.numbers(selector.value, labels)
      let present = numbers.filter { !dataset.train.rows(ofClass: $0).isEmpty }
      if numbers.isEmpty {
        misses.append(.unknownClass(selector.value, at: selector.position, known: labels.names))
      } else if present.isEmpty {
        misses.append(.emptyClass(selector.value, at: selector.position))
      }
      chosen.formUnion(present)
    }
    guard misses.isEmpty else { throw .nothingSelected(misses) }
    let sorted = chosen.sorted()
    return ResolvedSelection(rows: sorted.flatMap { dataset.train.rows(ofClass: $0) }.sorted(), classes: sorted)
  }

  private static func numbers(_ selector: ClassSelector, _ labels: ClassLabels) -> [Int] {
    switch selector {
    case .name(let name): labels.numbers(named: name)
    case .label(let label): (0..<labels.count).contains(label) ? [label] : []
    }
  }
}
