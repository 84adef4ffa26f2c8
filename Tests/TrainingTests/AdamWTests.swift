import Networks
import Testing
import Training

@Suite struct AdamWTests {
  /// Three steps of torch.optim.AdamW (torch 2.13), weight decay 0.1 on the matrix and none on the bias.
  @Test(arguments: [1, 3])
  func steps_areThoseOfPyTorch(workers: Int) throws {
    let weight = FlatBuffer([0.5, -0.25, 1, 2])
    let bias = FlatBuffer([0.1, -0.2])
    let network = try Network(
      architecture: .mlp(MLPShape(layers: [2, 2])), parameters: ["layers.0.weight": weight, "layers.0.bias": bias])
    let optimizer = AdamW(network, team: WorkerTeam(count: workers), weightDecay: 0.1)
    let gradient = FlatBuffer(count: network.layout.count)
    for (step, rate) in [0.01, 0.05, 0.02].enumerated() {
      let scale = Float(step + 1) * (step < 2 ? 1 : -1)
      gradient.withMutableFloats { g in
        for (place, value) in [1, -2, 0, 1e-9].enumerated() { g[place] = Float(value) * scale }
        let start = network.layout.blocks[1].offset
        g[start] = 0.5 / Float(step + 1)
        g[start + 1] = -1e-3 / Float(step + 1)
      }
      optimizer.step(gradient, rate: rate)
    }
    let expected: [Float] = [0.439247817, -0.191243559, 0.992017031, 1.976791620, 0.025927853, -0.125928804]
    for (found, wanted) in zip(weight.values + bias.values, expected) { #expect(abs(found - wanted) < 1e-6) }
  }
}
