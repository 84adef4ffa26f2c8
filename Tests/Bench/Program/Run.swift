import ArgumentParser
import Platform

struct Run: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Take every measurement, PyTorch's in turn with ours, and print a report.")

  enum Part: String, CaseIterable, ExpressibleByArgument {
    case paired
    case paired64 = "paired-64"
    case evaluate
    case mlp
    case update
    case allocations
    case bits
  }

  @Flag(help: "One turn and fewer repeats: a first look.") var quick = false
  @Option(help: "Turns of ours and the peer's; the median of their ratios counts.") var turns: Int?
  @Option(help: ArgumentHelp("Only this part; may be given more than once.", valueName: "part")) var only: [Part] = []
  @Option(help: ArgumentHelp("Compare with the report of an earlier run.", valueName: "file")) var baseline: String?
  @Option(help: ArgumentHelp("Where the report is left; .build/bench.json by default.", valueName: "file"))
  var out: String?
  @OptionGroup var places: Places

  func validate() throws {
    if let turns, turns < 1 { throw ValidationError("--turns is 1 or more") }
  }

  func run() throws {
    let earlier = try baseline.map {
      try JSON(text: String(decoding: DataFile.read($0, limit: 1 << 24), as: UTF8.self))
    }
    let inputs = try Inputs(places)
    let wanted = only.isEmpty ? Part.allCases : only
    let contests = Contest.Kind.allCases.filter { kind in wanted.contains { $0.rawValue == kind.rawValue } }
    let peer = contests.isEmpty ? nil : PyTorch(places)
    var report = Report(turns: turns ?? (quick ? 1 : 3), quick: quick, hasShared: places.shared != nil)
    report.machine = try Child.measure(["machine", "--repeats", quick ? "3" : "10"])
    report.commit = commit
    for kind in contests {
      report.series.append(
        try Contest(kind, quick: quick).take(turns: report.turns, inputs, places, peer: peer))
    }
    if wanted.contains(.update) { report.update = try update() }
    if wanted.contains(.allocations) { report.allocations = try Child.measure(["allocations"] + rootOption) }
    if wanted.contains(.bits) { report.bits = try SameBits.compare(places) }
    try finish(report.json, earlier)
  }

  private func finish(_ report: JSON, _ earlier: JSON?) throws {
    let text = try report.text()
    let file = out ?? Paths.join(places.top, ".build", "bench.json")
    try DurableFile.publish(text + "\n", to: file)
    print(text)
    say("the report is in \(file)")
    if let earlier { say(Baseline.table(then: earlier, now: report)) }
  }

  private var rootOption: [String] { ["--root", places.top] }

  /// nil, said aloud, where the machine has not the memory.
  private func update() throws -> JSON? {
    let needed = 2600.0
    let free = (MeasureMachine.field("MemAvailable", in: "/proc/meminfo") ?? 0) / 1024
    guard free >= needed else {
      say("NO UPDATE FIGURES: they need \(rounded(needed, 0)) MiB of memory and \(rounded(free, 0)) are free")
      return nil
    }
    return try Child.measure(["update", "--repeats", quick ? "3" : "10"] + rootOption)
  }

  private var commit: String? {
    try? Child.run(["git", "-C", places.top, "describe", "--always", "--dirty", "--abbrev=12"]).trimmed
  }
}

/// The digest of the weights after some steps with 1, 2 and 4 workers, and of a run that was stopped and gone on from.
enum SameBits {
  private static let steps = 20
  private static let stop = 11

  static func compare(_ places: Places) throws -> JSON {
    let state = Paths.join(places.made, "stopped.safetensors")
    let common = ["bits", "--steps", String(steps), "--root", places.top]
    var runs: [JSON] = []
    for workers in [1, 2, 4] { runs.append(try Child.measure(common + ["--workers", String(workers)])) }
    let stopped = try Child.measure(
      common + ["--workers", "2", "--stop-at", String(stop), "--state", state])
    let goneOn = try Child.measure(common + ["--workers", "1", "--state", state])
    let digests = Set((runs + [goneOn]).map { $0["digest"].string ?? "" })
    // A stopped run whose weights were already those of the end would prove nothing.
    let moved = stopped["digest"].string.map { !digests.contains($0) } ?? false
    let same = digests.count == 1 && moved && goneOn["first_step"].number == Double(stop)
    say("bits: \(same ? "the same" : "NOT THE SAME"): \(digests.sorted().joined(separator: ", "))")
    return .object(["same": .bool(same), "runs": .array(runs), "stopped": stopped, "gone_on": goneOn])
  }
}
