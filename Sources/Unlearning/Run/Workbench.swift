import Checkpoints
import Datasets
import HAMU
import Networks

/// The tools of one run: rows, network, engine, judge. Nothing in it changes but the weights.
final class Workbench {
  let plan: RunPlan
  let roster: Roster
  let judge: Judge
  let observer: any RunObserver
  let weights: WeightMap
  let stepper: Stepper
  private let reader: RowReader

  init(_ plan: RunPlan, observer: any RunObserver) throws(UnlearningError) {
    self.plan = plan
    self.observer = observer
    roster = try Roster(plan)
    judge = Judge(target: plan.target, classes: plan.parent.configuration.classCount)
    let architecture = try Architecture(plan.parent.configuration, sampleShape: plan.dataset.sampleShape)
    let trainable = Set(architecture.parameters.filter(\.trains).map(\.name))
    weights = try Self.map(plan.parent) { trainable.contains($0) }
    reader = RowReader(observer: observer)
    let engine = Engine(
      network: try Network(weights, sampleShape: plan.dataset.sampleShape), workers: plan.workers,
      alive: { observer.signOfLife() })
    stepper = Stepper(engine: engine, dataset: plan.dataset, reader: reader)
  }

  private static func map(
    _ model: ModelDirectory, trainable: (String) -> Bool
  ) throws(UnlearningError) -> WeightMap {
    do throws(CheckpointError) {
      return try WeightMap.map(model, trainable: trainable)
    } catch {
      throw .model(error)
    }
  }

  // MARK: - Measuring

  /// The weights as they would be published: rounded to the file's types where these are narrower than float32.
  func gauge() throws(Interruption) -> Gauge {
    weights.isRoundedWhenPublished ? try gauge(weights.rounded()) : gauge(stepper.engine)
  }

  /// A model read back from disk.
  func gauge(_ model: ModelDirectory) throws(Interruption) -> Gauge {
    let weights: WeightMap
    do throws(UnlearningError) {
      weights = try Self.map(model) { _ in false }
    } catch {
      throw .failed(error)
    }
    return try gauge(weights)
  }

  private func gauge(_ weights: WeightMap) throws(Interruption) -> Gauge {
    let observer = observer
    let network: Network
    do throws(UnlearningError) {
      network = try Network(weights, sampleShape: plan.dataset.sampleShape)
    } catch {
      throw .failed(error)
    }
    return gauge(Engine(network: network, workers: plan.workers, alive: { observer.signOfLife() }))
  }

  private func gauge(_ engine: Engine) -> Gauge { Gauge(engine: engine, dataset: plan.dataset, reader: reader) }

  /// Measures training rows (in any order, each once), all held-out rows, and retain rows.
  func survey(
    _ gauge: Gauge, rows: some Sequence<Int>, retain: [Int]
  ) throws(Interruption) -> (survey: Survey, retain: SeenRows) {
    let train = try gauge.train(Set(rows).sorted())
    let heldout = try gauge.heldout(roster.heldoutRows)
    let retain = try gauge.train(retain)
    let survey = Survey(
      roster, labels: (plan.dataset.train.labels, plan.dataset.heldout.labels), seen: (train, heldout),
      retain: retain)
    return (survey, retain)
  }

  /// A measurement of the judged groups: those that are active from the survey, the others as they were before.
  func measurement(_ survey: Survey, _ state: RunState, isFull: Bool) -> Measurement {
    let groups = roster.groups.indices.map { index in
      state.starts[index].hadNothing
        ? state.before.groups[index]
        : survey.figures(of: roster.groups[index], intervalSeed: isFull ? plan.settings.seed : nil)
    }
    var measurement = Measurement(
      step: state.step, groups: groups, retain: survey.retain, heldout: survey.heldoutFigures, isFull: isFull)
    measurement.retainSpent = isFull ? nil : survey.retain.loss - state.sampleBefore.loss
    return measurement
  }

  /// By judged group; groups that had nothing to forget hold.
  func verdicts(_ measurement: Measurement, _ starts: [GroupStart]) -> [GroupVerdict] {
    roster.groups.indices.map { index in
      starts[index].hadNothing
        ? GroupVerdict(holds: true, distance: 0)
        : judge.verdict(roster.groups[index], measurement.groups[index], starts[index])
    }
  }
}

extension Roster {
  /// Rows of the groups that had something to forget; ascending.
  func activeRows(_ starts: [GroupStart]) -> [Int] {
    Set(zip(groups, starts).flatMap { $1.hadNothing ? [] : $0.rows }).sorted()
  }
}
