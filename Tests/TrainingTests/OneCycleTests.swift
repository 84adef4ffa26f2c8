import Testing
import Training

@Suite struct OneCycleTests {
  /// From torch.optim.lr_scheduler.OneCycleLR(max, total_steps, cycle_momentum=False), torch 2.13.
  @Test(arguments: [
    (
      1e-2,
      [
        0.0004, 0.0052, 0.01, 0.009504846320134737, 0.008117456539497631, 0.0061126202193628925,
        0.003887419780637108, 0.00188258346050237, 0.0004951936798652628, 4e-08,
      ]
    ),
    (1.0, [0.811745653949763, 4e-06]),
    (0.1, [0.09944154354509119, 0.046263710266697504, 4e-07]),
    (3.0, [0.12, 2.435236961849289, 0.8491829946260977, 1.2e-05]),
  ])
  func rates_areThoseOfPyTorch(highest: Double, rates: [Double]) {
    let cycle = OneCycle(highest: highest, steps: rates.count)
    for (step, rate) in rates.enumerated() {
      #expect(abs(cycle.rate(at: step) - rate) <= 1e-12 * highest)
    }
  }

  @Test func oneStep_hasTheHighestRate() {
    #expect(OneCycle(highest: 2, steps: 1).rate(at: 0) == 2)
  }
}
