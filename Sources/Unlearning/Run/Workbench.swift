import Checkpoints
import Datasets
import HAMU
import Networks

/// The tools of one run: rows, network, engine, judge. Nothing in it changes but the weights, and who is judged.
final class Workbench {
  let plan: RunPlan
  /// Changes when requests are set aside, or join again.
  var roster: Roster
  let judge: Judge
  let observer: any RunObserver
  let weights: WeightMap
  let stepper: Stepper
  /// The model before the run, where the method looks back at it.
  let reference: Reference?
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
    reference =
      try plan.settings.looksBack
      ? Reference(try Self.map(plan.parent) { _ in false }, plan, reader) : nil
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

  /// What is seen of each batch whose rows are gone. What the parent showed already is not this run's doing.
  func returns(in gauge: Gauge) throws(Interruption) -> [ReturnLook] {
    let batches = plan.erasures.imprints
    var looks = ReturnLook.all(batches, in: gauge.engine.network, alive: observer.signOfLife)
    guard looks.contains(where: { $0.verdict == .returned }) else { return looks }
    do throws(UnlearningError) {
      let before = try ReturnLook.all(
        batches, in: plan.parent, sampleShape: plan.dataset.sampleShape, alive: observer.signOfLife)
      let known = Set(before.filter { $0.verdict == .returned }.map(\.batch))
      for index in looks.indices { looks[index].isNew = !known.contains(looks[index].batch) }
    } catch {
      throw .failed(error)
    }
    return looks
  }

  /// Measures training rows (in any order, each once), all held-out rows, and retain rows.
  func survey(
    _ gauge: Gauge, rows: some Sequence<Int>, retain: [Int], for other: Roster? = nil
  ) throws(Interruption) -> (survey: Survey, retain: SeenRows) {
    let roster = other ?? roster
    let train = try gauge.train(Set(rows).sorted())
    let heldout = try gauge.heldout(roster.heldoutRows)
    let retain = try gauge.train(retain)
    let survey = Survey(
      roster, labels: (plan.dataset.train.labels, plan.dataset.heldout.labels), seen: (train, heldout),
      retain: retain)
    return (survey, retain)
  }

  /// A measurement of the judged groups: those that are active from the survey, those that had nothing to forget as they
  /// were before, and those that were set aside as they were last, but at the end.
  func measurement(_ survey: Survey, _ state: RunState, isFull: Bool) -> Measurement {
    let groups = roster.groups.indices.map { index in
      if state.starts[index].hadNothing { return state.before.groups[index] }
      if roster.groups[index].isSetAside && !isFull { return state.latest.groups[index] }
      return survey.figures(of: roster.groups[index], intervalSeed: isFull ? plan.settings.seed : nil)
    }
    var measurement = Measurement(
      step: state.step, groups: groups, retain: survey.retain, heldout: survey.heldoutFigures, isFull: isFull)
    measurement.setAside = Set(roster.groups.indices.filter { roster.groups[$0].isSetAside })
    measurement.retainSpent = isFull ? nil : survey.retain.loss - state.sampleBefore.loss
    return measurement
  }

  /// By judged group; groups that are not active hold.
  func verdicts(_ measurement: Measurement, _ starts: [GroupStart]) -> [GroupVerdict] {
    roster.groups.indices.map { index in
      roster.isActive(index, starts)
        ? judge.verdict(roster.groups[index], measurement.groups[index], starts[index])
        : GroupVerdict(holds: true, distance: 0)
    }
  }
}
