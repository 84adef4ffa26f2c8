import Datasets
import Networks

/// Takes the imprint of a batch in the version that forgot it.
struct ImprintMaker {
  let gauge: Gauge
  let plan: RunPlan

  /// - Parameters:
  ///   - rows: that were forgotten, of requests of rows; ascending.
  ///   - taken: by how much F fell.
  /// - Returns: nil where none may be kept, or the gradient is not finite.
  func imprint(of rows: [Int], taken: Double, seed: UInt64) throws(Interruption) -> Imprint? {
    let network = gauge.engine.network
    let parameters = network.countBelowClassifier
    let numbers = plan.dataset.sampleShape.reduce(1, *)
    guard taken > 0, let width = Imprint.width(rows: rows.count, numbers: numbers, parameters: parameters) else {
      return nil
    }
    let sketches = Imprint.sketches(seed: seed, width: width)
    let own = try phiGradient(plan.dataset.train, rows.map { ($0, 1 / Double(rows.count)) })
    let unseen = try phiGradient(plan.dataset.heldout, comparable(with: rows))
    let d = network.belowClassifier.flatMap { block in block.range.map { own[$0] - unseen[$0] } }
    let direction = sketches.direction.of(d).map(Float.init)
    let slope = d.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
    guard slope.isFinite, slope > 0, direction.allSatisfy(\.isFinite) else { return nil }
    return Imprint(
      seed: seed, parameters: parameters, rows: rows.count, taken: taken, slope: slope, direction: direction,
      origin: direction.map(Double.init).dot(network.sketchBelowClassifier(sketches.direction)),
      place: network.sketchBelowClassifier(sketches.place).map(Float.init))
  }

  /// Held-out rows of the classes of `rows`; each class together weighs what it does among them.
  private func comparable(with rows: [Int]) -> [(row: Int, weight: Double)] {
    let labels = plan.dataset.heldout.labels
    var counts: [Int32: (own: Int, unseen: Int)] = [:]
    for row in rows { counts[plan.dataset.train.labels[row], default: (0, 0)].own += 1 }
    for row in plan.heldoutRows { counts[labels[row]]?.unseen += 1 }
    return plan.heldoutRows.compactMap { row in
      counts[labels[row]].map { (row, Double($0.own) / Double($0.unseen) / Double(rows.count)) }
    }
  }

  /// Gradient of the sum over rows of weight * phi: a flat vector in the network's layout.
  private func phiGradient(_ split: Split, _ rows: [(row: Int, weight: Double)]) throws(Interruption) -> [Float] {
    let gradients = HalfGradients(layout: gauge.engine.network.layout)
    // max(phi - target, 0) with a target that no phi is below.
    let tasks = rows.map { row in
      RowTask(label: split.labels[row.row], objective: .hingeMargin(target: -1e6), weight: Float(row.weight))
    }
    _ = try gauge.engine.gradients(of: tasks, into: gradients, fill: gauge.reader.fill(split, rows.map(\.row)))
    (gradients.evenShare, gradients.oddShare) = (1, 1)
    return gradients.mean()
  }
}

extension Network {
  /// The blocks without the classifier's last layer: at the end, with a row or a number for each class.
  var belowClassifier: ArraySlice<FlatLayout.Block> {
    let trained = specs.filter(\.trains)
    let classes = trained.last?.shape.first
    let head = trained.suffix(2).reversed().prefix { $0.shape.first == classes }.count
    return layout.blocks.dropLast(head)
  }

  var countBelowClassifier: Int { belowClassifier.reduce(0) { $0 + $1.count } }

  /// Of the weights below the classifier, counted without the layout's gaps.
  func sketchBelowClassifier(_ sketch: CountSketch) -> [Double] {
    var places = [Double](repeating: 0, count: sketch.width)
    var first = 0
    for (block, storage) in zip(belowClassifier, blockStorage) {
      storage.withFloats { sketch.add($0, from: first, to: &places) }
      first += block.count
    }
    return places
  }
}
