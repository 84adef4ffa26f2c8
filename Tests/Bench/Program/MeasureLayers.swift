import ArgumentParser
import Networks

/// Where the time of a step goes: each layer by itself on one core, with the rows of one micro-batch and what is fused
/// into it (shift, residual and ReLU forwards; mask and column sums backwards).
struct MeasureLayers: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "layers", abstract: "Each layer of ResNet-20 by itself, on one core: a table.")

  @Option(help: "Images that go through together.") var images = 10
  @OptionGroup var options: StepOptions

  func run() throws {
    let (network, _) = try Inputs(options.places).pictures(count: 1)
    let rows = network.architecture.convolutions.map { layer in
      LayerTimes(layer, images: images, repeats: options.repeats ?? 200)
    }
    let total = rows.reduce(0) { $0 + $1.sum }
    print("layer | input | output | forward | data gradient | weight gradient | GFLOP/s | share")
    print("--- | --- | --- | ---: | ---: | ---: | ---: | ---:")
    for row in rows { print(row.line(of: total)) }
    print("all | | | \(column(rows, \.forward)) | \(column(rows, \.data)) | \(column(rows, \.weights)) | | 100 %")
    print("microseconds an image; GFLOP/s: operations of the direct sums over the time of all three passes")
  }

  private func column(_ rows: [LayerTimes], _ part: (LayerTimes) -> Double) -> String {
    rounded(rows.reduce(0) { $0 + part($1) }, 1)
  }
}

/// Microseconds an image of one layer's passes.
struct LayerTimes {
  let forward: Double
  /// 0 for the first layer, whose input's gradient nobody wants.
  let data: Double
  let weights: Double
  private let layer: NamedConvolution

  var sum: Double { forward + data + weights }

  init(_ layer: NamedConvolution, images: Int, repeats: Int) {
    self.layer = layer
    let probe = LayerProbe(layer, images: images)
    func microseconds(_ body: () -> Void) -> Double {
      Timing.of(repeats: repeats, body).least * 1e6 / Double(images)
    }
    forward = microseconds { probe.forward() }
    data = layer.isFirst ? 0 : microseconds { probe.backwardData() }
    weights = microseconds { probe.backwardWeights() }
  }

  func line(of total: Double) -> String {
    let geometry = layer.geometry
    let passes = layer.isFirst ? 2.0 : 3.0
    let operations = passes * 2 * Double(geometry.depth * geometry.outChannels * geometry.outPixels)
    let cells = [
      layer.name, "\(geometry.inHeight)x\(geometry.inWidth)x\(geometry.inChannels)",
      "\(geometry.outHeight)x\(geometry.outWidth)x\(geometry.outChannels)", rounded(forward, 1),
      layer.isFirst ? "-" : rounded(data, 1), rounded(weights, 1), rounded(operations / sum * 1e-3, 0),
      rounded(100 * sum / total, 1) + " %",
    ]
    return cells.joined(separator: " | ")
  }
}
