import ArgumentParser
import CMeasures
import Glibc
import Networks

struct MeasureAllocations: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "allocations", abstract: "How often a steady paired step asks for memory.")

  @Option(help: "Rows of the retain batch, and as many of the forget batch.") var batch = 64
  @Option(help: "Steps that are counted, after three that are not.") var steps = 10
  @Flag(help: "Say on standard error where the first allocations come from.") var traces = false
  @OptionGroup var options: StepOptions

  func run() throws {
    let inputs = try Inputs(options.places)
    let (network, rows) = try inputs.pictures(count: 2 * batch)
    let pictures = try count(PairedStep(network, rows, batch: batch, workers: options.team))
    let (small, people) = try inputs.people(count: 2 * batch)
    let table = try count(PairedStep(small, people, batch: batch, workers: options.team))
    let members: [String: JSON] = [
      "batch": .number(Double(batch)), "steps": .number(Double(steps)),
      "allocations_per_step": .number(pictures.allocations), "page_faults_per_step": .number(pictures.faults),
      "mlp_allocations_per_step": .number(table.allocations), "mlp_page_faults_per_step": .number(table.faults),
    ]
    print(try JSON.object(members).text())
  }

  private func count(_ step: PairedStep) throws -> (allocations: Double, faults: Double) {
    for _ in 0..<3 { step.take() }
    step.engine.team.run { _ in measures_watch_thread(1) }
    defer { step.engine.team.run { _ in measures_watch_thread(0) } }
    try proveThatCountingCounts()
    if traces { measures_keep_traces() }
    let (before, faultsBefore) = (measures_allocations(), Self.faults)
    for _ in 0..<steps { step.take() }
    let (after, faultsAfter) = (measures_allocations(), Self.faults)
    if traces { measures_write_traces(STDERR_FILENO) }
    return (Double(after - before) / Double(steps), Double(faultsAfter - faultsBefore) / Double(steps))
  }

  /// A zero of a counter that is not asked would be worth nothing.
  private func proveThatCountingCounts() throws {
    let before = measures_allocations()
    // And the runtime's: an object and its memory.
    let expected = measures_probe() + (FlatBuffer(count: 16).count == 16 ? 2 : 0)
    let counted = measures_allocations() - before
    guard counted >= expected else {
      throw BenchError("\(counted) of \(expected) allocations were counted: malloc is not this program's here")
    }
  }

  private static var faults: Int {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return usage.ru_minflt
  }
}
