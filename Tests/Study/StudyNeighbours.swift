import Checkpoints
import Datasets
import Networks

/// What a small request does to its neighbours: the retain rows of the same class whose samples are nearest to a forgotten
/// one (Euclidean distance, as the network sees them), before and after.
struct StudyNeighbours {
  private static let count = 20

  private let model: StudyModel
  private let workers: Int

  init(_ model: StudyModel, workers: Int) {
    self.model = model
    self.workers = workers
  }

  /// One line for each row of a request, the forgotten row's own loss beside it.
  func lines(_ rows: [Int], in version: VersionStore.Version) throws -> [String] {
    try rows.map { row in
      let near = try nearest(to: row, without: Set(rows))
      let before = try model.outcomes(model.original, model.dataset.train, [row] + near, workers: workers)
      let after = try model.outcomes(version, model.dataset.train, [row] + near, workers: workers)
      let rise = zip(before, after).dropFirst().map { $1.loss - $0.loss }.max()
      return "  row \(row): loss \(before[0].loss.shown(4)) to \(after[0].loss.shown(4)); \(near.count) neighbours: "
        + "accuracy \(Self.accuracy(before.dropFirst()).shown(3)) to \(Self.accuracy(after.dropFirst()).shown(3)), "
        + "loss \(Self.loss(before.dropFirst()).shown(4)) to \(Self.loss(after.dropFirst()).shown(4)), "
        + "largest rise \(rise.shown(4))"
    }
  }

  private func nearest(to row: Int, without gone: Set<Int>) throws -> [Int] {
    let train = model.dataset.train
    let others = train.rows(ofClass: Int(train.labels[row])).filter { !gone.contains($0) }
    let size = train.elements
    var samples = [Float](repeating: 0, count: size * (others.count + 1))
    try samples.withUnsafeMutableBufferPointer { try train.read(rows: [row] + others, into: $0) }
    let distances = others.indices.map { place in
      (0..<size).reduce(0.0) { sum, index in
        let difference = Double(samples[index] - samples[(place + 1) * size + index])
        return sum + difference * difference
      }
    }
    return zip(others, distances).sorted { ($0.1, $0.0) < ($1.1, $1.0) }.prefix(Self.count).map(\.0).sorted()
  }

  private static func accuracy(_ outcomes: ArraySlice<RowOutcome>) -> Double {
    Double(outcomes.count { $0.correct }) / Double(outcomes.count)
  }

  private static func loss(_ outcomes: ArraySlice<RowOutcome>) -> Double {
    outcomes.reduce(0) { $0 + $1.loss } / Double(outcomes.count)
  }
}
