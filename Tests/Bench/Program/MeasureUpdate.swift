import ArgumentParser
import CMeasures
import Glibc
import HAMU
import Networks
import Platform

struct MeasureUpdate: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "update",
    abstract: "The update of a network of 100 million parameters, and a copy beside it.",
    discussion: "Needs 24 bytes of memory a parameter.")

  @Option(help: "Parameters, about.") var parameters = 100_000_000
  @OptionGroup var options: StepOptions

  private static let blocks = 6
  /// Pass one reads four half gradients and the last step; pass two reads four half gradients, writes the last step,
  /// reads and writes the weights. Each a float32.
  private static let bytes = 4.0 * (5 + 7)

  func run() throws {
    let width = Int((Double(parameters) / Double(Self.blocks)).squareRoot())
    let network = try Network(onHeap: .mlp(MLPShape(layers: Array(repeating: width, count: Self.blocks + 1))))
    let update = Update(network, workers: options.team)
    var whole = Timing()
    var plan = Timing()
    var copies: [Timing] = Copy.allCases.map { _ in Timing() }
    for turn in 0...(options.repeats ?? 8) {
      let step = update.take()
      let copied = Copy.allCases.map { update.copy($0) }
      // The first turn touches every page and is not counted.
      guard turn > 0 else { continue }
      whole.add(step.whole)
      plan.add(step.plan)
      for index in copies.indices { copies[index].add(copied[index]) }
    }
    let count = Double(network.layout.blocks.reduce(0) { $0 + $1.count })
    let bandwidth = count * Self.bytes / whole.least * 1e-9
    var members = try whole.members(workers: update.team.count)
    var best = 0.0
    for (kind, timing) in zip(Copy.allCases, copies) {
      let rate = 2 * update.copied / timing.least * 1e-9
      best = max(best, rate)
      members["copy_\(kind.rawValue)_gb_per_second"] = .number(rate)
    }
    members["parameters"] = .number(count)
    members["blocks"] = .number(Double(network.layout.blocks.count))
    members["bytes_per_parameter"] = .number(Self.bytes)
    members["update_gb_per_second"] = .number(bandwidth)
    members["copy_gb_per_second"] = .number(best)
    members["bandwidth_share"] = .number(bandwidth / best)
    members["allocation_seconds_min"] = .number(plan.least)
    members["allocation_share"] = .number(plan.least / whole.least)
    print(try JSON.object(members).text())
  }
}

/// How a copy is made; the best of them is what the machine can do.
enum Copy: String, CaseIterable {
  /// glibc's memmove, which streams where it thinks that it pays.
  case memmove
  /// Streaming stores.
  case streaming
}

/// The update alone: gradients are given, their numbers random.
private final class Update {
  let team: WorkerTeam
  private let algebra: BlockAlgebra
  private let retain: HalfGradients
  private let forget: HalfGradients
  private let settings = StepSettings()

  init(_ network: Network, workers: Int) {
    team = WorkerTeam(count: workers)
    algebra = BlockAlgebra(network: network, team: team)
    retain = HalfGradients(layout: network.layout)
    forget = HalfGradients(layout: network.layout)
    let buffers: [any ParameterStorage] =
      [retain.even, retain.odd, forget.even, forget.odd] + network.blockStorage
    for (index, buffer) in buffers.enumerated() { Self.fill(buffer, seed: UInt64(index)) }
    // What lies between blocks belongs to nobody and must stay zero.
    for half in [retain.even, retain.odd, forget.even, forget.odd] {
      half.withMutableFloats { numbers in
        for (block, next) in zip(network.layout.blocks, network.layout.blocks.dropFirst()) {
          numbers[block.range.upperBound..<next.offset].update(repeating: 0)
        }
      }
    }
  }

  private static func fill(_ storage: any ParameterStorage, seed: UInt64) {
    var state = seed &+ 0x9E37_79B9_7F4A_7C15
    storage.withMutableFloats { numbers in
      for index in numbers.indices {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        numbers[index] = Float(Int64(bitPattern: state) >> 40) * 0x1p-23
      }
    }
  }

  /// Seconds of one update, and of the plan in it.
  func take() -> (whole: Double, plan: Double) {
    var planned = 0.0
    let whole = Timing.elapsed {
      let sums = algebra.sums(retain: retain, forget: forget)
      var coefficients: [BlockCoefficients] = []
      planned = Timing.elapsed { coefficients = StepPlan(sums.map(BlockScalars.init), settings).coefficients }
      algebra.apply(coefficients, retain: retain, forget: forget)
    }
    return (whole, planned)
  }

  /// Bytes of a copy: of one half gradient onto the other.
  var copied: Double { Double(slices.reduce(0) { $0 + $1.count } * MemoryLayout<Float>.stride) }

  /// A part for each worker, whole cache lines.
  private var slices: [Range<Int>] {
    let lines = retain.layout.count / 16
    return (0..<team.count).map { (lines * $0 / team.count * 16)..<(lines * ($0 + 1) / team.count * 16) }
  }

  /// Seconds of one copy.
  func copy(_ kind: Copy) -> Double {
    let (source, target, slices) = (retain.even, retain.odd, slices)
    let body: @Sendable (Int) -> Void = { worker in
      source.withFloats { source in
        target.withMutableFloats { target in
          guard let from = source.baseAddress, let to = target.baseAddress else { return }
          let slice = slices[worker]
          let bytes = slice.count * MemoryLayout<Float>.stride
          switch kind {
          case .memmove: memmove(to + slice.lowerBound, from + slice.lowerBound, bytes)
          case .streaming: measures_stream_copy(to + slice.lowerBound, from + slice.lowerBound, bytes)
          }
        }
      }
    }
    return Timing.elapsed { team.run(body) }
  }
}
