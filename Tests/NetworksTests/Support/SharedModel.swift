import FoundationEssentials
import Networks

/// The folder beside the repository with the real model and its rows, which a checkout need not have.
enum SharedFolder {
  /// Nil, and said so aloud, where it is absent.
  static func path(for test: String) -> String? {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    let path = ProcessInfo.processInfo.environment["HAMUD_SHARED"] ?? root.appending(path: "shared").path
    if FileManager.default.fileExists(atPath: path + "/models") { return path }
    print("SKIPPED: \(test) (no shared/)")
    return nil
  }
}

/// ResNet-20 on CIFAR-10 as the figures are measured on.
struct SharedModel {
  let network: Network
  let train: Rows
  let test: Rows

  /// CIFAR-10's binary format: a label and 3072 pixels a row.
  struct Rows: Sendable {
    private let bytes: [UInt8]
    static let rowBytes = 3073

    init(_ path: String) throws { bytes = [UInt8](try Data(contentsOf: URL(filePath: path))) }

    var count: Int { bytes.count / Self.rowBytes }
    var labels: [Int32] { (0..<count).map { Int32(bytes[$0 * Self.rowBytes]) } }

    func read(_ rows: some Sequence<Int>, into out: UnsafeMutableBufferPointer<Float>) {
      let mean: [Float] = [0.4914, 0.4822, 0.4465]
      let deviation: [Float] = [0.2023, 0.1994, 0.2010]
      var index = 0
      for row in rows {
        for pixel in 0..<3072 {
          let value = Float(bytes[row * Self.rowBytes + 1 + pixel]) / 255
          out[index] = (value - mean[pixel / 1024]) / deviation[pixel / 1024]
          index += 1
        }
      }
    }
  }

  static let shape = ResNetShape(
    stem: .cifar, block: .basic, image: (3, 32, 32), embeddingSize: 16, hiddenSizes: [16, 32, 64],
    depths: [3, 3, 3], classes: 10)

  init(_ shared: String) throws {
    let file = try TensorFile(shared + "/models/resnet20-cifar10-10k/model.safetensors")
    var parameters: [String: any ParameterStorage] = [:]
    for name in file.names {
      if let floats = file.floats(name) { parameters[name] = FlatBuffer(floats) }
    }
    network = try Network(architecture: .resnet(Self.shape), parameters: parameters)
    train = try Rows(shared + "/data/cifar10-10k/data_batch_1.bin")
    test = try Rows(shared + "/data/cifar10-10k/test_batch.bin")
  }
}
