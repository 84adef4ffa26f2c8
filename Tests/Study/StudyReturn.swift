import Checkpoints
import Datasets
import Networks
import Unlearning

/// What a look without the rows says of versions of which it is known how much of the rows came back: after requests of others
/// without guards, after training on what is kept, and after training on the rows again.
struct StudyReturn {
  private let study: Study
  private let seed: Int
  private var model: StudyModel { study.model }
  private var workers: Int { study.options.workers }

  init(_ study: Study, seed: Int) {
    self.study = study
    self.seed = seed
  }

  /// What was forgotten, and all that is known of it.
  private struct Forgotten {
    let name: String
    let rows: [Int]
    let version: VersionStore.Version
    let imprint: Imprint
    /// Mean phi of the rows less that of held-out rows of their classes: before, and in the version.
    let gap: (before: Double, after: Double)
  }

  func run() throws {
    var picker = StudyPicker(model.dataset, seed: seed)
    let subject = picker.subject(of: 18...40).rows
    for (name, rows) in [("subject", subject), ("200 rows", picker.rows(200))] {
      guard let forgotten = try forget(rows, name) else { continue }
      try tell(forgotten, "before", model.original)
      try unlearnOthers(forgotten, &picker)
      for rate in [0.01, 0.03] {
        for own in [0, 4, 16] { try train(forgotten, on: own, rate: rate) }
      }
    }
  }

  private func forget(_ rows: [Int], _ name: String) throws -> Forgotten? {
    var plan = try model.plan([ForgetRequest(key: "a", rows: rows)], from: model.original, seed: seed, workers: workers)
    plan.imprintSeed = UInt64(seed)
    let (result, version) = try study.result(of: plan, from: model.original)
    guard let version, let imprint = result.imprint else { return nil }
    return Forgotten(
      name: name, rows: rows, version: version, imprint: imprint,
      gap: (try gap(model.original, rows).gap, try gap(version, rows).gap))
  }

  private func unlearnOthers(_ forgotten: Forgotten, _ picker: inout StudyPicker) throws {
    var gone = Set(forgotten.rows)
    var current = forgotten.version
    for place in 1...3 {
      let other = picker.subject(of: 5...50).rows.filter { !gone.contains($0) }
      let plan = try model.plan(
        [ForgetRequest(key: "b", rows: other)], from: current, without: gone, seed: seed, workers: workers)
      gone.formUnion(other)
      if let next = try study.result(of: plan, from: current).version { current = next }
      try tell(forgotten, "\(place) other subjects", current)
    }
  }

  /// 40 steps of plain descent on 96 rows each, `own` of them forgotten ones, with gradients clipped to 1.
  private func train(_ forgotten: Forgotten, on own: Int, rate: Double) throws {
    let train = model.dataset.train
    let labels = train.labels
    let retain = Partition(trainCount: train.count, forget: forgotten.rows, excluded: [], heldout: []).retain
    let parent = try forgotten.version.open()
    let architecture = try Architecture(parent.configuration, sampleShape: model.dataset.sampleShape)
    let trained = Set(architecture.parameters.filter(\.trains).map(\.name))
    let weights = try WeightMap.map(parent) { trained.contains($0) }
    let network = try Network(weights, sampleShape: model.dataset.sampleShape)
    let engine = Engine(network: network, workers: workers)
    let gradients = HalfGradients(layout: network.layout)
    var generator = SeededGenerator(seed: UInt64(seed), purpose: .retainBatch, step: own)
    for step in 1...40 {
      let batch =
        generator.places(96 - own, of: retain.count).map { retain[$0] }
        + generator.places(own, of: forgotten.rows.count).map { forgotten.rows[$0] }
      // Each half is the mean over its rows.
      let tasks = batch.map { RowTask(label: labels[$0], weight: 2 / Float(batch.count)) }
      _ = try engine.gradients(of: tasks, into: gradients) {
        (positions, samples) throws(DatasetError) in try train.read(rows: positions.map { batch[$0] }, into: samples)
      }
      Self.descend(network, gradients.mean(), rate)
      guard [5, 10, 20, 40].contains(step) else { continue }
      let what = own == 0 ? "kept rows only" : "\(own) of 96 forgotten"
      try tell(forgotten, "\(what), \(rate), \(step) steps", try model.version(weights, from: forgotten.version))
    }
  }

  private static func descend(_ network: Network, _ gradient: [Float], _ rate: Double) {
    let norm = gradient.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
    let factor = Float(rate * min(1, 1 / max(norm, 1e-12)))
    for (block, storage) in zip(network.layout.blocks, network.blockStorage) {
      storage.withMutableFloats { for i in $0.indices { $0[i] -= factor * gradient[block.offset + i] } }
    }
  }

  /// - Returns: the gap, and the AUC of the rows.
  private func gap(_ version: VersionStore.Version, _ rows: [Int]) throws -> (gap: Double, auc: Double) {
    let (train, heldout) = (model.dataset.train.labels, model.dataset.heldout.labels)
    let own = try model.outcomes(version, model.dataset.train, rows, workers: workers)
    let unseen = try model.outcomes(version, model.dataset.heldout, model.heldout, workers: workers)
    var sums: [Int32: (phi: Double, count: Double)] = [:]
    for (row, found) in zip(model.heldout, unseen) {
      sums[heldout[row], default: (0, 0)].phi += found.phi
      sums[heldout[row], default: (0, 0)].count += 1
    }
    let gaps = zip(rows, own).map { row, found in
      sums[train[row]].map { found.phi - $0.phi / $0.count } ?? 0
    }
    let margins = HeldoutMargins(labels: model.heldout.map { heldout[$0] }, phi: unseen.map(\.phi))
    let auc = Membership.auc(
      zip(rows, own).map { Margin(row: $0, label: train[$0], phi: $1.phi) }, margins)
    return (gaps.reduce(0, +) / Double(rows.count), auc)
  }

  private func tell(_ forgotten: Forgotten, _ what: String, _ version: VersionStore.Version) throws {
    let looks = try ReturnLook.all(
      [Imprinted(batch: 1, imprint: forgotten.imprint)], in: try version.open(), sampleShape: model.dataset.sampleShape)
    let (gap, auc) = try gap(version, forgotten.rows)
    let share = (gap - forgotten.gap.after) / (forgotten.gap.before - forgotten.gap.after)
    for look in looks {
      say(
        "  \(forgotten.name), seed \(seed), \(what): AUC \(auc.shown(3)), back \(share.shown(3)) of the gap;"
          + " estimated \((look.rise ?? 0).shown(2)) +- \((look.error ?? 0).shown(2)) of \((look.taken ?? 0).shown(2)),"
          + " moved \((look.distance ?? 0).shown(4)): \(look.verdict)")
    }
  }
}
