import FoundationEssentials
import Networks

/// The fixtures beside the tests; see Fixtures/make-pytorch.py.
enum Fixtures {
  static func open(_ name: String) throws -> TensorFile {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    return try TensorFile(folder.appending(path: "Fixtures/\(name).safetensors").path)
  }
}

/// One case of a fixture, with tensors moved between PyTorch's layouts and ours.
struct PyTorchCase {
  let file: TensorFile
  let name: String

  func shape(_ tensor: String) -> [Int] { file.shape("\(name)/\(tensor)") ?? [] }

  func floats(_ tensor: String) -> [Float] { file.floats("\(name)/\(tensor)") ?? [] }

  /// [n, c, h, w] as [n, h, w, c].
  func channelsLast(_ tensor: String) -> [Float] {
    let (values, shape) = (floats(tensor), shape(tensor))
    guard shape.count == 4 else { return values }
    var out = values
    let (channels, pixels) = (shape[1], shape[2] * shape[3])
    for image in 0..<shape[0] {
      for channel in 0..<channels {
        for pixel in 0..<pixels {
          out[(image * pixels + pixel) * channels + channel] = values[(image * channels + channel) * pixels + pixel]
        }
      }
    }
    return out
  }
}
