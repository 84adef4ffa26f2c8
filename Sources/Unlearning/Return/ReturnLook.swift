package import Checkpoints
import Networks

/// An earlier batch, some of whose rows are gone from the data.
package struct Imprinted: Sendable, Equatable {
  package let batch: Int
  /// Nil where what was kept cannot be read.
  package let imprint: Imprint?

  package init(batch: Int, imprint: Imprint?) {
    self.batch = batch
    self.imprint = imprint
  }
}

/// What a look without the rows says of a version.
package struct ReturnLook: Sendable, Equatable {
  package enum Verdict: Sendable, Equatable {
    /// No sign of the rows. Not a measurement: they can be back by a way that the first order does not see.
    case nothingSeen
    /// A sign that they are back.
    case returned
    /// Too far from the version that forgot them for a first-order look, or not to be read.
    case notJudged
  }

  package let batch: Int
  package let verdict: Verdict
  /// Estimated rise of the rows' log-odds over those of unseen rows since they were forgotten; nil: not to be read.
  package var rise: Double?
  /// Standard error of `rise` by the sketch alone.
  package var error: Double?
  /// What forgetting them had taken, in the same unit.
  package var taken: Double?
  /// |theta - theta_v| / |theta_v|
  package var distance: Double?
  /// The version before did not show it.
  package var isNew = true

  package init(batch: Int, verdict: Verdict) {
    self.batch = batch
    self.verdict = verdict
  }

  /// Looks at a network for each of these batches.
  /// - Parameter alive: called before each of them.
  static func all(_ batches: [Imprinted], in network: Network, alive: () -> Void = {}) -> [ReturnLook] {
    batches.map { batch in
      alive()
      return batch.imprint.map { $0.look(at: network, batch: batch.batch) }
        ?? ReturnLook(batch: batch.batch, verdict: .notJudged)
    }
  }

  /// The same of a model in a directory that hamud owns.
  package static func all(
    _ batches: [Imprinted], in model: ModelDirectory, sampleShape: [Int], alive: () -> Void = {}
  ) throws(UnlearningError) -> [ReturnLook] {
    if batches.isEmpty { return [] }
    let weights: WeightMap
    do throws(CheckpointError) {
      weights = try WeightMap.map(model) { _ in false }
    } catch {
      throw .model(error)
    }
    return all(batches, in: try Network(weights, sampleShape: sampleShape), alive: alive)
  }
}

extension Imprint {
  func look(at network: Network, batch: Int) -> ReturnLook {
    guard network.countBelowClassifier == parameters else { return ReturnLook(batch: batch, verdict: .notJudged) }
    let sketches = Self.sketches(seed: seed, width: direction.count)
    let rise = direction.map(Double.init).dot(network.sketchBelowClassifier(sketches.direction)) - origin
    let was = place.map(Double.init)
    let moved = zip(network.sketchBelowClassifier(sketches.place), was).map { $0 - $1 }.norm
    let error = slope * moved / Double(direction.count).squareRoot()
    let distance = moved / max(was.norm, .leastNormalMagnitude)
    let isSign = rise > RunLimits.returnErrors * error && rise > RunLimits.returnShare * taken
    // From afar neither a sign nor its absence means anything.
    let verdict: ReturnLook.Verdict =
      distance > RunLimits.returnDistance ? .notJudged : isSign ? .returned : .nothingSeen
    var look = ReturnLook(batch: batch, verdict: verdict)
    (look.rise, look.error, look.taken, look.distance) = (rise, error, taken, distance)
    return look
  }
}
