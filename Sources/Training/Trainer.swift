package import Datasets
package import Networks

/// One step of a training, as it is shown to whoever waits.
package struct TrainingStep: Sendable, Equatable {
  /// From 1.
  package let epoch: Int
  package let epochs: Int
  /// From 1, over all epochs.
  package let step: Int
  package let steps: Int
  /// Mean cross-entropy of the step's rows, before the step.
  package let loss: Double
  /// Share of the step's rows that were told rightly, before the step.
  package let accuracy: Double
  package let rate: Double
}

/// Trains a model from the start.
package final class Trainer {
  private let data: Dataset
  private let plan: ModelPlan
  private let settings: TrainingSettings
  /// Training rows that are learnt from.
  private let rows: [Int]
  /// Holds what was trained once `run` has returned.
  package let network: Network

  /// - Parameter rows: the training rows to learn from; nil: all.
  /// - Throws: where data and plan do not fit, or a setting is out of bounds; before anything is computed.
  package init(
    _ data: Dataset, plan: ModelPlan, settings: TrainingSettings, rows: [Int]? = nil
  ) throws(TrainingError) {
    try settings.check()
    let rows = rows ?? Array(0..<data.train.count)
    guard !rows.isEmpty else {
      throw .setting(name: "the number of rows to learn from", value: "0", allowed: "any number above 0")
    }
    self.rows = rows
    if let misfit = data.misfit(plan.fit) { throw .data(misfit) }
    self.data = data
    self.plan = plan
    self.settings = settings
    do { network = try Network(onHeap: plan.architecture(sampleShape: data.sampleShape)) } catch {
      throw .network(error)
    }
  }

  /// Trains and measures. Blocking: on a thread of one's own.
  ///
  /// - Parameter progress: called after each step; false ends the training with `TrainingError.stopped`.
  package func run(progress: (TrainingStep) -> Bool) throws(TrainingError) -> TrainedModel {
    Initialisation.fill(network, seed: settings.seed)
    let engine = TrainingEngine(network: network, maximumBatch: settings.batchSize, workers: settings.workers)
    let optimizer = AdamW(network, team: engine.team, weightDecay: settings.weightDecay)
    let gradient = FlatBuffer(count: network.layout.count)
    let batches = batches(of: 0).count
    let cycle = OneCycle(highest: settings.rate, steps: batches * settings.epochs)
    for epoch in 0..<settings.epochs {
      for (index, rows) in self.batches(of: epoch).enumerated() {
        let step = epoch * batches + index
        let outcomes = try gradients(of: rows, epoch: epoch, engine, into: gradient)
        let loss = outcomes.reduce(0) { $0 + $1.loss } / Double(rows.count)
        guard loss.isFinite else { throw .diverged(epoch: epoch + 1, step: step + 1) }
        let rate = cycle.rate(at: step)
        optimizer.step(gradient, rate: rate)
        let right = outcomes.count { $0.correct }
        let goesOn = progress(
          TrainingStep(
            epoch: epoch + 1, epochs: settings.epochs, step: step + 1, steps: cycle.steps, loss: loss,
            accuracy: Double(right) / Double(rows.count), rate: rate))
        guard goesOn else { throw .stopped }
      }
    }
    return try trained(steps: cycle.steps)
  }

  /// The rows of each step of an epoch, shuffled. A last batch of a single row is left out when there are others: batch
  /// statistics of one value would be no statistics.
  private func batches(of epoch: Int) -> [ArraySlice<Int>] {
    var generator = SeededGenerator(seed: settings.seed, .order, UInt64(epoch))
    let order = generator.permutation(of: rows.count).map { rows[$0] }
    let starts = stride(from: 0, to: order.count, by: settings.batchSize)
    let batches = starts.map { order[$0..<min($0 + settings.batchSize, order.count)] }
    return batches.count > 1 && batches[batches.count - 1].count == 1 ? Array(batches.dropLast()) : batches
  }

  private func gradients(
    of rows: ArraySlice<Int>, epoch: Int, _ engine: TrainingEngine, into gradient: FlatBuffer
  ) throws(TrainingError) -> [RowOutcome] {
    let train = data.train
    let rows = Array(rows)
    let augmentation = settings.augment ? Augmentation(data, seed: settings.seed) : nil
    let fill: Engine.Fill<DatasetError> = { (positions, samples) throws(DatasetError) in
      let wanted = positions.map { rows[$0] }
      try train.read(rows: wanted, into: samples)
      guard let augmentation else { return }
      for (place, row) in wanted.enumerated() {
        let picture = UnsafeMutableBufferPointer(
          rebasing: samples[place * train.elements..<(place + 1) * train.elements])
        augmentation.apply(augmentation.change(row: row, epoch: epoch), to: picture)
      }
    }
    do {
      return try engine.gradient(labels: rows.map { train.labels[$0] }, into: gradient, fill: fill)
    } catch {
      throw .data(error)
    }
  }

  private func trained(steps: Int) throws(TrainingError) -> TrainedModel {
    let engine = Engine(network: network, workers: settings.workers)
    return TrainedModel(
      plan: plan, network: network, steps: steps, data: data.record, train: try figures(of: data.train, engine),
      heldout: try figures(of: data.heldout, engine))
  }

  private func figures(of split: Split, _ engine: Engine) throws(TrainingError) -> SplitFigures {
    let fill: Engine.Fill<DatasetError> = { (positions, samples) throws(DatasetError) in
      try split.read(rows: positions, into: samples)
    }
    do {
      let outcomes = try engine.evaluate(labels: split.labels, fill: fill)
      let rows = Double(max(1, outcomes.count))
      return SplitFigures(
        rows: outcomes.count, loss: outcomes.reduce(0) { $0 + $1.loss } / rows,
        accuracy: Double(outcomes.count { $0.correct }) / rows)
    } catch {
      throw .data(error)
    }
  }
}
