import ArgumentParser

/// `bench`: how fast and how frugal the engine is, beside PyTorch on the same cores. Tests/Bench/README.md explains every
/// number. It prints JSON; what it does meanwhile it says on standard error.
@main
struct Bench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench", abstract: "Measure hamud's engine, beside PyTorch on the same cores.",
    subcommands: [Run.self, Measure.self], defaultSubcommand: Run.self)
}

/// One measurement of ours in a process of its own, so that its peak memory is its own: what `run` starts, and what
/// somebody who mends a kernel repeats.
struct Measure: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Take one measurement of ours in this process.",
    subcommands: [
      MeasurePaired.self, MeasureEvaluate.self, MeasureMLP.self, MeasureUpdate.self, MeasureAllocations.self,
      MeasureBits.self, MeasureMachine.self, MeasureLayers.self,
    ])
}
