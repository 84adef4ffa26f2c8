import CMeasures
import HAMU
import Networks
import Testing

/// The tools of a step keep their memory: from the second step on nothing is asked for, by no thread of the step.
///
/// One after the other, as the count is the process's: threads of other suites are not watched, but this suite's own are,
/// and the first test asks for memory on purpose.
@Suite(.serialized) struct SteadyStepTests {
  private static let resnet = Architecture.resnet(
    ResNetShape(
      stem: .cifar, block: .basic, image: (3, 16, 16), embeddingSize: 16, hiddenSizes: [16, 32], depths: [1, 2],
      classes: 10))

  @Test func pairedStep_onceItRuns_allocatesNothing() throws {
    let step = try SmallStep(Self.resnet, workers: 3)
    for _ in 0..<3 { step.take() }
    #expect(step.allocations { step.engine.team.run { _ in _ = FlatBuffer(count: 16) } } >= 3, "nothing is counted")
    #expect(step.allocations { for _ in 0..<5 { step.take() } } == 0)
  }

  /// Enough weights that the workers share the passes over the blocks.
  @Test func update_ofManyWeights_allocatesNothing() throws {
    let step = try SmallStep(.mlp(MLPShape(layers: [300, 400, 16])), workers: 3)
    for _ in 0..<3 { step.update() }
    #expect(step.allocations { for _ in 0..<5 { step.update() } } == 0)
  }
}

/// A step of random rows and weights as a run takes it.
private final class SmallStep {
  private static let rows = 20

  let engine: Engine
  private let algebra: BlockAlgebra
  private let retain: GradientBatch
  private let forget: GradientBatch
  private let delivery: RowDelivery<Never>
  private var outcomes = PairedOutcomes()
  private var sums: [BlockSums] = []
  private var scalars: [BlockScalars] = []
  private var planner = StepPlanner()
  private var coefficients: [BlockCoefficients] = []

  init(_ architecture: Architecture, workers: Int) throws {
    var numbers = TestNumbers(7)
    let network = try Network(onHeap: architecture)
    for storage in network.blockStorage {
      storage.withMutableFloats { for index in $0.indices { $0[index] = Float(0.1 * numbers.normal()) } }
    }
    let samples = FlatBuffer((0..<Self.rows * architecture.inputCount).map { _ in Float(numbers.normal()) })
    let size = architecture.inputCount
    delivery = RowDelivery { positions, target in
      samples.withFloats { samples in
        guard let source = samples.baseAddress, var place = target.baseAddress else { return }
        for position in positions {
          place.update(from: source + position * size, count: size)
          place += size
        }
      }
    }
    engine = Engine(network: network, workers: workers)
    algebra = BlockAlgebra(network: network, team: engine.team)
    func batch(_ sign: Float) -> GradientBatch {
      GradientBatch(
        tasks: (0..<Self.rows).map { RowTask(label: Int32($0 % 3), weight: sign / Float(Self.rows / 2)) },
        gradients: HalfGradients(layout: network.layout))
    }
    (retain, forget) = (batch(1), batch(-1))
  }

  func take() {
    engine.pairedGradients(retain: retain, from: delivery, forget: forget, from: delivery, outcomes: &outcomes)
    update()
  }

  func update() {
    algebra.sums(retain: retain.gradients, forget: forget.gradients, into: &sums)
    scalars.removeAll(keepingCapacity: true)
    for sum in sums {
      scalars.append(
        BlockScalars(
          retainSquared: sum.retainSquared, forgetSquared: sum.forgetSquared, kappa: sum.kappa,
          perpSquared: (sum.retainPerpSquared, sum.forgetPerpSquared), weightSquared: sum.weightSquared))
    }
    planner.plan(scalars, StepSettings())
    coefficients.removeAll(keepingCapacity: true)
    for block in planner.plan.blocks {
      coefficients.append(BlockCoefficients(retain: block.retainCoefficient, forget: block.forgetCoefficient))
    }
    algebra.apply(coefficients, retain: retain.gradients, forget: forget.gradients)
  }

  /// How often the threads of the step asked for memory during `body`; the threads of other suites do not count.
  func allocations(_ body: () -> Void) -> UInt64 {
    engine.team.run { _ in measures_watch_thread(1) }
    let before = measures_allocations()
    body()
    let after = measures_allocations()
    engine.team.run { _ in measures_watch_thread(0) }
    return after - before
  }
}
