import ArgumentParser
import Networks
import Platform

/// `bench`: how fast and how frugal the engine is, beside PyTorch on the same cores. Tests/Bench/README.md explains every
/// number. It prints JSON; what it does meanwhile it says on standard error.
@main
struct Bench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench", abstract: "Measure hamud's engine, beside PyTorch on the same cores.",
    subcommands: [Run.self, Measure.self], defaultSubcommand: Run.self)

  /// With the kernels that hamud would compute with.
  static func main() {
    if let changes = KernelChoice.next(ProcessControl.environment) { ProcessControl.startAnew(changing: changes) }
    main(nil)
  }
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
