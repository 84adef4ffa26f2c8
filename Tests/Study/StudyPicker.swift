import Datasets
import Unlearning

/// Picks a request's rows by the study's seed.
struct StudyPicker {
  private let dataset: Dataset
  private var generator: SeededGenerator
  private var subjects: [(name: String, rows: [Int])]

  init(_ dataset: Dataset, seed: Int) {
    self.dataset = dataset
    generator = SeededGenerator(seed: UInt64(seed), purpose: .bootstrap, step: 1 << 40)
    let identifiers = dataset.identifiers
    let names = Set((0..<dataset.train.count).compactMap { identifiers.subject(ofRow: $0) })
    subjects = names.sorted().map { ($0, identifiers.rows(ofSubject: $0)) }
  }

  /// Every row of a class.
  func rows(ofClass label: Int) -> [Int] {
    dataset.train.labels.indices.filter { dataset.train.labels[$0] == Int32(label) }
  }

  mutating func rows(_ count: Int) -> [Int] { generator.places(count, of: dataset.train.count).sorted() }

  /// One that was not picked before, with so many rows.
  mutating func subject(of size: ClosedRange<Int>) -> (name: String, rows: [Int]) {
    let fitting = subjects.indices.filter { size.contains(subjects[$0].rows.count) }
    return subjects.remove(at: fitting[generator.next(below: fitting.count)])
  }
}
