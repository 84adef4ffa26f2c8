import ArgumentParser
import Networks
import Platform

/// What the measurements of steps have in common.
struct StepOptions: ParsableArguments {
  @Option(help: "Threads; every core that this process may use by default.") var workers: Int?
  @Option(help: "Times that it is done again after a first time.") var repeats: Int?
  @OptionGroup var places: Places

  var team: Int { workers ?? AvailableCores.count() }
}

struct MeasurePaired: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "paired", abstract: "A paired step of ResNet-20.")

  @Option(help: "Rows of the retain batch, and as many of the forget batch.") var batch = 500
  @OptionGroup var options: StepOptions

  func run() throws {
    let (network, rows) = try Inputs(options.places).pictures(count: 2 * batch)
    let step = PairedStep(network, rows, batch: batch, workers: options.team)
    let timing = Timing.of(repeats: options.repeats ?? 5) { step.take() }
    let images = Double(2 * batch)
    var members = try timing.members(workers: step.engine.team.count)
    members["batch"] = .number(Double(batch))
    members["images_per_second"] = .number(images / timing.least)
    members["gflops"] = .number(images * network.gradientOperations(of: rows.shape) / timing.least * 1e-9)
    members["retain_loss"] = .number(step.retainLoss)
    print(try JSON.object(members).text())
  }
}

struct MeasureEvaluate: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate", abstract: "The forward pass of ResNet-20 alone.")

  @Option(help: "Rows.") var batch = 500
  @OptionGroup var options: StepOptions

  func run() throws {
    let (network, rows) = try Inputs(options.places).pictures(count: batch)
    let engine = Engine(network: network, workers: options.team)
    let fill = rows.fill(from: 0)
    var loss = 0.0
    let timing = Timing.of(repeats: options.repeats ?? 20) {
      loss = engine.evaluate(labels: rows.labels, fill: fill).reduce(0) { $0 + $1.loss } / Double(batch)
    }
    var members = try timing.members(workers: engine.team.count)
    members["batch"] = .number(Double(batch))
    members["images_per_second"] = .number(Double(batch) / timing.least)
    members["gflops"] = .number(Double(batch) * network.forwardOperations(of: rows.shape) / timing.least * 1e-9)
    members["loss"] = .number(loss)
    print(try JSON.object(members).text())
  }
}

struct MeasureMLP: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "mlp", abstract: "A paired step of the demo's people model.",
    discussion: "Each repeat takes 100 steps, for one alone is too short for the clock.")

  @Option(help: "Rows of the retain batch, and as many of the forget batch.") var batch = 128
  @OptionGroup var options: StepOptions

  private static let steps = 100

  func run() throws {
    let (network, rows) = try Inputs(options.places).people(count: 2 * batch)
    let step = PairedStep(network, rows, batch: batch, workers: options.team)
    let timing = Timing.of(repeats: options.repeats ?? 20) {
      for _ in 0..<Self.steps { step.take() }
    }
    var members = try timing.members(workers: step.engine.team.count)
    members["batch"] = .number(Double(batch))
    members["steps_a_repeat"] = .number(Double(Self.steps))
    members["steps_per_second"] = .number(Double(Self.steps) / timing.least)
    members["retain_loss"] = .number(step.retainLoss)
    print(try JSON.object(members).text())
  }
}
