import HAMU
import Networks
import Testing
import Unlearning

/// The controller's decisions, by themselves.
@Suite struct SteeringTests {
  private let settings = SteeringSettings()

  private func evidence(spent: Double, hardness: Hardness? = nil) -> Steering.Evidence {
    Steering.Evidence(step: 10, spent: spent, budget: 0.02, hardness: hardness, batchSize: 128)
  }

  private func hardness(cost: Double, least: Double, error: Double = 1e-4) -> Hardness {
    var hardness = Hardness()
    (hardness.retainCost, hardness.retainCostError) = (cost, error)
    (hardness.leastCost, hardness.leastCostError) = (least, error)
    return hardness
  }

  /// Ten steps that were to cost `predicted` in all and could have cost `reach`.
  private func steered(predicted: Double, reach: Double) -> Steering {
    var steering = Steering(settings, batchSize: 128)
    for _ in 0..<10 { steering.note(reach: reach / 10, quotaShare: 0.5, cost: predicted / 10) }
    return steering
  }

  @Test(arguments: [(-1.0, 1.0), (0, 1), (0.02, 1), (0.03, 0.5), (0.04, 0), (1, 0)])
  func pace_fallsToNothing_asTheBudgetIsSpent(rise: Double, share: Double) {
    #expect(abs(Steering.pace(rise: rise, budget: 0.02, settings) - share) < 1e-12)
  }

  @Test func pace_withoutABudget_isAllOrNothing() {
    #expect(Steering.pace(rise: -1e-6, budget: 0, settings) == 1)
    #expect(Steering.pace(rise: 1e-6, budget: 0, settings) == 0)
  }

  @Test func lossThatMovedAsPredicted_changesNothing() {
    var steering = steered(predicted: 0.001, reach: 0.01)
    steering.decide(evidence(spent: 0.0015), settings)
    let decision = steering.decisions.last
    #expect(decision?.causes == [.start] && decision?.radiusScale == 1 && decision?.batch == settings.batch)
    #expect(decision?.quotaShare == 0.5)
    #expect(abs((decision?.predicted ?? 0) - 0.001) < 1e-12 && decision?.actual == 0.0015)
  }

  @Test func lossThatMovedOtherwise_shortensTheSteps_andCalmLengthensThemAgain() {
    var steering = steered(predicted: 0, reach: 0.01)
    steering.decide(evidence(spent: 0.004), settings)
    #expect(steering.decisions.last?.causes == [.surprise] && steering.radiusScale == 0.5)
    for _ in 0..<10 { steering.note(reach: 0.001, quotaShare: 1, cost: 0) }
    steering.decide(evidence(spent: 0.0041), settings)
    #expect(steering.decisions.last?.causes == [.calm] && steering.radiusScale == 0.75)
    for _ in 0..<10 { steering.note(reach: 0.001, quotaShare: 1, cost: 0) }
    steering.decide(evidence(spent: 0.0041), settings)
    // Never longer than configured.
    #expect(steering.radiusScale == 1)
  }

  @Test func lossThatRoseBeyondReason_isUndone() {
    let steering = steered(predicted: 0.001, reach: 0.01)
    #expect(!steering.isWorseThanPredicted(evidence(spent: 0.0059), settings))
    #expect(steering.isWorseThanPredicted(evidence(spent: 0.019), settings))
    // Where the rise is small beside the budget, going back would cost more than it.
    #expect(!self.steered(predicted: 0, reach: 0.001).isWorseThanPredicted(evidence(spent: 0.002), settings))
  }

  @Test func costThatNoStepNeedHave_makesTheBatchGrow_upToTheConfiguredOne() {
    var steering = steered(predicted: 0.05, reach: 1)
    let noise = hardness(cost: 1e-3, least: -1e-3)
    steering.decide(evidence(spent: 0.07, hardness: noise), settings)
    #expect(steering.decisions.last?.causes == [.noise, .repair] && steering.batch == 2 * settings.batch)
    for _ in 0..<3 { steering.decide(evidence(spent: 0.07, hardness: noise), settings) }
    #expect(steering.batch == 128)
  }

  @Test(arguments: [(1e-3, 1e-3, 0.07), (1e-5, -1e-3, 0.07), (1e-3, -1e-3, 0.05)])
  func costThatIsHardness_orChance_orSmall_leavesTheBatch(cost: Double, least: Double, spent: Double) {
    var steering = steered(predicted: spent, reach: 1)
    steering.decide(evidence(spent: spent, hardness: hardness(cost: cost, least: least)), settings)
    #expect(steering.batch == settings.batch)
  }

  @Test func paceThatIsTooSlow_getsALargerQuota_whileThereIsBudget() {
    var steering = steered(predicted: 0, reach: 1)
    var slow = evidence(spent: 0.001)
    (slow.quota, slow.stepsShare) = (0.3, 0.9)
    steering.decide(slow, settings)
    #expect(steering.decisions.last?.causes == [.slow] && steering.quotaScale == 1.5)
    // Twice as much again would be nearly everything that the radii allow.
    steering.decide(slow, settings)
    #expect(steering.quotaScale == 1.5 && !steering.mayHurry(slow, settings))
  }

  @Test(
    arguments: [(0.011, 0.3, 0.9), (0.001, nil, 0.9), (0.001, 0.3, 0.5), (0.001, 0.3, nil)]
      as [(Double, Double?, Double?)])
  func paceThatIsFastEnough_orNoBudget_leavesTheQuota(spent: Double, quota: Double?, share: Double?) {
    var steering = steered(predicted: 0, reach: 1)
    var evidence = evidence(spent: spent)
    (evidence.quota, evidence.stepsShare) = (quota, share)
    steering.decide(evidence, settings)
    #expect(steering.quotaScale == 1)
  }

  @Test func lossFarOverTheBudget_isLost_onceItDoesNotFall() {
    var steering = steered(predicted: 0.06, reach: 1)
    #expect(!steering.isLost(evidence(spent: 0.06), settings))
    for spent in [0.06, 0.055, 0.05] { steering.decide(evidence(spent: spent), settings) }
    #expect(steering.decisions.last?.causes.contains(.repair) == true)
    #expect(!steering.isLost(evidence(spent: 0.045), settings) && steering.isLost(evidence(spent: 0.061), settings))
    steering.decide(evidence(spent: 0.03), settings)
    #expect(!steering.isLost(evidence(spent: 0.061), settings))
  }

  /// Nobody waits for two hundred steps to hear that thousands were needed; but only where they cost something.
  @Test func pace_isAVerdict_onceHalfOfTheBudgetIsSpent() {
    let steering = steered(predicted: 0, reach: 1)
    #expect(!steering.mayGiveUp(evidence(spent: 0.009), settings))
    #expect(steering.mayGiveUp(evidence(spent: 0.011), settings))
    var repairing = steering
    var reached = evidence(spent: 0.016)
    reached.isOver = true
    repairing.decide(reached, settings)
    #expect(repairing.mayGiveUp(evidence(spent: 0.001), settings))
  }

  @Test func targetAtAPrice_isRepaired_butNotForEver() {
    var steering = steered(predicted: 0.016, reach: 1)
    var reached = evidence(spent: 0.016)
    #expect(!steering.wantsRepair(reached, settings))
    reached.isOver = true
    for _ in 0..<settings.repairs {
      #expect(steering.wantsRepair(reached, settings))
      steering.decide(reached, settings)
      #expect(steering.decisions.last?.causes == [.repair])
    }
    #expect(!steering.wantsRepair(reached, settings))
    #expect(!steering.isGivenUp)
    // What is being bought back is not spent again on a larger quota.
    var slow = evidence(spent: 0.001)
    slow.quota = 0.3
    #expect(!steering.mayHurry(slow, settings) && self.steered(predicted: 0, reach: 1).mayHurry(slow, settings))
    reached.spent = 0.001
    #expect(!self.steered(predicted: 0, reach: 1).wantsRepair(reached, settings))
  }

  /// A mean hides a few rows that went over the edge.
  @Test func fewRowsThatAreMissed_areRepaired_thoughTheLossHardlyRose() {
    let steering = steered(predicted: 0, reach: 1)
    var reached = evidence(spent: 0.001)
    reached.missed = 0.0005
    #expect(!steering.wantsRepair(reached, settings))
    reached.isOver = true
    #expect(steering.wantsRepair(reached, settings))
    reached.missed = 0.0003
    #expect(!steering.wantsRepair(reached, settings))
  }

  @Test func missed_isWhatIsNew_ofTheWholeList() {
    #expect(abs(Steering.missed(3, of: 1500, listed: 3000, retained: 6000, before: 1) - 0.001) < 1e-12)
    #expect(abs(Steering.missed(3, of: 1500, listed: 3000, retained: 6000, before: 0.998) + 0.001) < 1e-12)
    #expect(Steering.missed(0, of: 4, listed: 4, retained: 9, before: 1) == 0)
  }
}

/// How hard what was erased before is held down.
@Suite struct GuardPressureTests {
  private func pressure(gap: Double) -> Double { Steering.guardPressure(gap: gap, SteeringSettings()) }

  @Test func guards_areAsConfigured_atTheirGap_moreAboveIt_andFewBelow() {
    let settings = SteeringSettings()
    #expect(pressure(gap: settings.guardGap) == 1)
    #expect(pressure(gap: 0) > 1 && pressure(gap: -1) == settings.guardMost)
    #expect(pressure(gap: 0.05) < 1 && pressure(gap: 1) == settings.guardLeast)
    // Never none: a model forgets what it forgot.
    #expect(settings.guardLeast > 0)
  }
}

/// Retain batches that are drawn by how much a row misses.
@Suite struct RetainSamplerTests {
  private let rows = Array(100..<500)
  private let hard = [HardRow(row: 120, miss: 0.9), HardRow(row: 300, miss: 0.3), HardRow(row: 301, miss: 0.001)]

  private func generator(_ step: Int) -> SeededGenerator {
    SeededGenerator(seed: 1, purpose: .retainBatch, step: step)
  }

  /// Whatever is drawn, the weighted mean is that of all rows.
  @Test func weightedMean_isTheMeanOfAllRows() {
    let sampler = RetainSampler(rows, hard: hard, hardShare: 0.5)
    var sums = [0.0, 0.0]
    let value = { (row: Int) in row == 120 ? 40.0 : row == 300 ? 10.0 : 0.01 * Double(row) }
    let draws = 4000
    for step in 0..<draws {
      let batch = sampler.draw(16, with: generator(step))
      #expect(batch.rows.count == 16 && !batch.isWhole && batch.rows.allSatisfy { rows.contains($0) })
      for (position, row) in batch.rows.enumerated() {
        sums[position % 2] += value(row) * (batch.weights?[position] ?? 0) / 8
      }
    }
    let mean = rows.reduce(0) { $0 + value($1) } / Double(rows.count)
    for sum in sums { #expect(abs(sum / Double(draws) - mean) < 0.01 * mean) }
  }

  /// Of a mean that a few rows make, it has far less noise than an even draw has.
  @Test func noise_isBelowThatOfAnEvenDraw() {
    let value = { (row: Int) in row == 120 ? 9.0 : row == 300 ? 3.0 : 0.001 }
    func spread(_ share: Double) -> Double {
      let sampler = RetainSampler(rows, hard: hard, hardShare: share)
      let means = (0..<500).map { step in
        let batch = sampler.draw(16, with: generator(step))
        let weights = batch.weights ?? batch.rows.map { _ in 1 }
        return zip(batch.rows, weights).reduce(0) { $0 + value($1.0) * $1.1 } / 16
      }
      let mean = means.reduce(0, +) / 500
      return means.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 500
    }
    #expect(spread(0.5) < 0.1 * spread(0))
  }

  @Test func noHardRows_isAnEvenDraw_andFewRowsAreAll() {
    let even = RetainSampler(rows, hard: [], hardShare: 0.5).draw(16, with: generator(3))
    #expect(even == .draw(16, of: rows, with: generator(3)))
    let all = RetainSampler(rows, hard: hard, hardShare: 0.5).draw(400, with: generator(3))
    #expect(all == BatchRows(rows: rows, isWhole: true))
  }

  @Test func hardRows_areTheNewest_andTheHardest() {
    let seen = [HardRow(row: 120, miss: 0.1), HardRow(row: 7, miss: 0.5), HardRow(row: 7, miss: 0.2)]
    #expect(
      hard.updated(by: seen, keeping: 3)
        == [HardRow(row: 7, miss: 0.2), HardRow(row: 120, miss: 0.1), HardRow(row: 300, miss: 0.3)])
  }
}
