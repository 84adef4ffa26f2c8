import Checkpoints
import FoundationEssentials
import Networks

/// Runs of several steps from the shared model against golden ones.
enum Trajectories {
  /// Of each step's losses, relative: before and after one of them has grown tenfold.
  private static let lossBound = 1e-3
  private static let grownLossBound = 1e-2
  private static let grown = 10.0
  /// Of kappa, in clipped units: a share of min(1, |g_r|) min(1, |g_f|).
  private static let kappaBound = 1e-2
  /// Of the change of all weights over the run: L2 of the difference over L2 of the change.
  private static let changeBound = 3e-2
  /// Of the first margins and targets, absolute: float32 log-odds of some tens.
  private static let marginBound = 2e-3

  static func tally(in directory: String) throws -> GoldenTally {
    var tally = GoldenTally()
    for name in try GoldenDirectory.files(in: directory, prefix: "trajectory-", suffix: ".json") {
      do {
        let file = try JSONDecoder().decode(
          TrajectoriesFile.self, from: GoldenDirectory.read(name, in: directory))
        let run = try TrajectoriesRun(file, shared: shared)
        compare(run, file, name, &tally)
        let weights = directory + "/" + name.dropLast("json".count) + "safetensors"
        try compareChange(run, file, weights: weights, name, &tally)
        tally.countOne()
      } catch {
        tally.require(false, "\(name): \(error)")
      }
    }
    return tally
  }

  /// Paths inside the files start here.
  private static var shared: String {
    let environment = ProcessInfo.processInfo.environment
    if let named = environment["HAMUD_SHARED"], !named.isEmpty { return named }
    var folder = #filePath.split(separator: "/").dropLast()
    while !folder.isEmpty {
      let root = "/" + folder.joined(separator: "/")
      if FileManager.default.fileExists(atPath: root + "/Package.swift") { return root + "/../shared" }
      folder = folder.dropLast()
    }
    return "../shared"
  }

  private static func compare(
    _ run: TrajectoriesRun, _ file: TrajectoriesFile, _ name: String, _ tally: inout GoldenTally
  ) {
    compareStart(run, file, name, &tally)
    var bound = lossBound
    for step in file.steps {
      let place = "\(name) step \(step.step)"
      let seen: TrajectoriesRun.Seen
      do {
        seen = try run.step(step.step)
      } catch {
        return tally.require(false, "\(place): \(error)")
      }
      if hasGrown(step, since: file.steps[0]) { bound = grownLossBound }
      tally.compare(
        error: abs(seen.retainLoss - step.retain_loss), bound: bound * abs(step.retain_loss), "\(place) retain loss")
      if let pushed = step.pushed {
        tally.compare(error: abs(seen.pushed - pushed), bound: bound * abs(pushed), "\(place) forget loss")
      } else {
        tally.require(false, "\(place): there is neither a forget_loss nor a hinge")
      }
      let scale = min(1, step.retain_grad_norm) * min(1, step.forget_grad_norm)
      tally.compare(error: abs(seen.kappa - step.kappa), bound: kappaBound * scale, "\(place) kappa")
    }
  }

  private static func hasGrown(_ step: TrajectoriesFile.Step, since first: TrajectoriesFile.Step) -> Bool {
    if step.retain_loss >= grown * first.retain_loss { return true }
    guard let now = step.pushed, let before = first.pushed else { return false }
    return now >= grown * before
  }

  /// phi and its targets before the first step, where the file has them.
  private static func compareStart(
    _ run: TrajectoriesRun, _ file: TrajectoriesFile, _ name: String, _ tally: inout GoldenTally
  ) {
    for (index, (seen, wanted)) in zip(run.margins, file.first_margins ?? []).enumerated() {
      tally.compare(error: abs(seen - wanted), bound: marginBound, "\(name) margin \(index)")
    }
    for (index, (seen, wanted)) in zip(run.targets ?? [], file.first_targets ?? []).enumerated() {
      tally.compare(error: abs(seen - wanted), bound: marginBound, "\(name) target \(index)")
    }
  }

  private static func compareChange(
    _ run: TrajectoriesRun, _ file: TrajectoriesFile, weights path: String, _ name: String,
    _ tally: inout GoldenTally
  ) throws {
    let after = try SafetensorsFile(path)
    let before = try WeightMap.read(
      ModelDirectory.open(shared + "/" + file.model), trainable: TrajectoriesRun.trains)
    var (off, change) = (0.0, 0.0)
    for tensor in after.header.tensors where tensor.type.isFloat {
      guard let start = before.tensor(tensor.name)?.withFloats({ Array($0) }),
        let found = run.network.parameter(tensor.name)?.withFloats({ Array($0) })
      else {
        tally.require(false, "\(name): the model has no tensor of the golden weights' name")
        return
      }
      let wanted = try after.floats(tensor.name)
      for index in wanted.indices {
        let golden = Double(wanted[index]) - Double(start[index])
        let ours = Double(found[index]) - Double(start[index])
        off += (ours - golden) * (ours - golden)
        change += golden * golden
      }
    }
    tally.compare(
      error: off.squareRoot(), bound: changeBound * change.squareRoot(), "\(name) change of the weights")
  }
}
