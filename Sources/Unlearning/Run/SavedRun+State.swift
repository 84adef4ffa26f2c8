import Checkpoints
import Datasets
import FoundationEssentials
import HAMU
import Networks

/// The JSON text of a saved run. Numbers are written in the shortest form that reads back to the same bits.
private struct SavedText: Codable {
  /// Changes when a field's meaning does: an older state is then refused, and its run starts over.
  static let current = 1

  var format = current
  var state: RunState
  /// nil: the state itself is the measured point.
  var point: RunState?
  /// Of a run that brings earlier erasures into their band; an older release saved none.
  var ready: RunState?

  init(state: RunState, point: RunState?, ready: RunState?) {
    (self.state, self.point, self.ready) = (state, point, ready)
  }

  /// nil where another version of hamud wrote it.
  init?(_ text: String) {
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: Self.infinity, negativeInfinity: "-" + Self.infinity, nan: Self.nan)
    guard let read = try? decoder.decode(Self.self, from: Data(text.utf8)), read.format == Self.current else {
      return nil
    }
    self = read
  }

  var text: String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    // A pace that does not fall is infinitely slow, and that is saved too.
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: Self.infinity, negativeInfinity: "-" + Self.infinity, nan: Self.nan)
    // So encoding plain structs cannot fail; were it to, the text is refused when it is read.
    let data = (try? encoder.encode(self)) ?? Data()
    return String(decoding: data, as: UTF8.self)
  }

  private static let infinity = "inf"
  private static let nan = "nan"
}

/// What a run goes on from.
struct SavedPoints {
  var current: MeasuredPoint
  /// The last measured point.
  var point: MeasuredPoint
  /// `Course.ready`
  var ready: MeasuredPoint?
}

extension SavedRun {
  private static let pointPrefix = "point/"
  private static let readyPrefix = "ready/"

  /// Steps taken; nil where another version of hamud wrote it.
  package var step: Int? { SavedText(state)?.state.step }

  /// - Parameters:
  ///   - old: the measured point to which the run may have to go back; nil: this is one.
  ///   - ready: where everything held.
  init(_ now: MeasuredPoint, from old: MeasuredPoint? = nil, ready: MeasuredPoint?, _ network: Network) {
    self.init(
      state: SavedText(state: now.state, point: old?.state, ready: ready?.state).text,
      arrays: now.weights.arrays("", network) + (old?.weights.arrays(Self.pointPrefix, network) ?? [])
        + (ready?.weights.arrays(Self.readyPrefix, network) ?? []))
  }

  func read(_ network: Network) throws(UnlearningError) -> SavedPoints {
    guard let text = SavedText(state) else {
      throw .saved("the saved run was written by another version of hamud; the run has to start over")
    }
    func point(_ state: RunState, _ prefix: String) throws(UnlearningError) -> MeasuredPoint {
      guard let weights = WeightSnapshot(arrays, prefix, network) else { throw Self.misfit }
      return MeasuredPoint(state: state, weights: weights)
    }
    let current = try point(text.state, "")
    var points = SavedPoints(current: current, point: current)
    if let state = text.point { points.point = try point(state, Self.pointPrefix) }
    if let state = text.ready { points.ready = try point(state, Self.readyPrefix) }
    return points
  }

  private static var misfit: UnlearningError {
    .saved("the saved run's weights are not those of this model; the run has to start over")
  }
}

extension RunState {
  /// Whether a saved state is one of this plan, its roster and its network: whatever is read by row, group or block is there,
  /// and what is read side by side has one length. A state that is not would end the process at a later step, and again at
  /// each start.
  func fits(_ bench: Workbench) -> Bool {
    let blocks = bench.stepper.network.layout.blocks.count
    let (groups, rows) = (bench.roster.groups.count, 0..<bench.plan.dataset.train.count)
    return [starts.count, before.groups.count, latest.groups.count] == [groups, groups, groups]
      && ([phase] + queue).allSatisfy { fits($0, bench) } && heldMargins.allSatisfy { rows.contains($0.row) }
      && (phase.objective != .margin || targets.count == phase.rows.count)
      && guardTargets.count == bench.roster.rowGuards(self).count
      && window.entries.allSatisfy { [$0.retain.count, $0.forget.count, $0.kappa.count] == [blocks, blocks, blocks] }
      && (steering?.fits(phase, bench.plan) ?? true)
  }

  /// Targets are looked up in ascending rows, and those of the requests come in the order of the active ones.
  private func fits(_ phase: Phase, _ bench: Workbench) -> Bool {
    switch phase.purpose {
    case .requests: return phase.rows == bench.roster.activeRows(starts)
    case .mendClass(let label) where !bench.plan.erasures.classes.contains(label): return false
    case .mendClass, .mendRows:
      let rows = 0..<bench.plan.dataset.train.count
      return phase.rows.allSatisfy(rows.contains) && zip(phase.rows, phase.rows.dropFirst()).allSatisfy(<)
    }
  }
}
