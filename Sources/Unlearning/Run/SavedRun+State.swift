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
}

extension SavedRun {
  private static let pointPrefix = "point/"

  /// Steps taken; nil where another version of hamud wrote it.
  package var step: Int? { (try? JSONDecoder().decode(SavedText.self, from: Data(state.utf8)))?.state.step }

  /// - Parameter old: the measured point to which the run may have to go back; nil: this is one.
  init(_ now: MeasuredPoint, from old: MeasuredPoint? = nil, _ network: Network) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    let text = SavedText(state: now.state, point: old?.state)
    // Encoding plain structs of finite numbers cannot fail; were it to, the text is refused when it is read.
    let data = (try? encoder.encode(text)) ?? Data()
    self.init(
      state: String(decoding: data, as: UTF8.self),
      arrays: now.weights.arrays("", network) + (old?.weights.arrays(Self.pointPrefix, network) ?? []))
  }

  func read(_ network: Network) throws(UnlearningError) -> (MeasuredPoint, point: MeasuredPoint) {
    guard let text = try? JSONDecoder().decode(SavedText.self, from: Data(state.utf8)),
      text.format == SavedText.current
    else {
      throw .saved("the saved run was written by another version of hamud; the run has to start over")
    }
    guard let weights = WeightSnapshot(arrays, "", network) else { throw Self.misfit }
    let current = MeasuredPoint(state: text.state, weights: weights)
    guard let state = text.point else { return (current, current) }
    guard let old = WeightSnapshot(arrays, Self.pointPrefix, network) else { throw Self.misfit }
    return (current, MeasuredPoint(state: state, weights: old))
  }

  private static var misfit: UnlearningError {
    .saved("the saved run's weights are not those of this model; the run has to start over")
  }
}

extension RunState {
  /// Whether a saved state is one of this plan and this network, as far as its counts tell.
  func fits(_ bench: Workbench) -> Bool {
    let blocks = bench.stepper.network.layout.blocks.count
    let rows = bench.plan.dataset.train.count
    return starts.count == bench.roster.groups.count
      && (phase.rows + heldMargins.map(\.row)).allSatisfy { $0 < rows }
      && (phase.objective != .margin || targets.count == phase.rows.count)
      && guardTargets.count == bench.roster.rowGuards(self).count
      && window.entries.allSatisfy { [$0.retain.count, $0.forget.count, $0.kappa.count] == [blocks, blocks, blocks] }
  }
}
