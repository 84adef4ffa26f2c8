import Checkpoints
import Datasets
import FoundationEssentials

/// A data set of given training rows (and as many held-out ones as there are classes, which nobody looks at) in a folder of
/// its own, removed with it.
final class RowFolder {
  let dataset: Dataset
  private let directory: String

  /// - Parameter shape: of one sample.
  init(_ rows: [[Float]], shape: [Int]) throws {
    directory = FileManager.default.temporaryDirectory.path + "/hamud-rows-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    for (name, rows) in [("train", rows), ("heldout", Array(rows.prefix(2)))] {
      try SafetensorsWriter.write(
        [
          TensorArray("x", shape: [rows.count] + shape, .float32(rows.flatMap { $0 })),
          TensorArray("y", .int64(rows.indices.map { Int64($0 % 2) })),
        ], to: "\(directory)/\(name).safetensors")
    }
    dataset = try Dataset.open(
      DatasetDescription(
        source: .safetensors(train: directory + "/train.safetensors", heldout: directory + "/heldout.safetensors")))
  }

  deinit { try? FileManager.default.removeItem(atPath: directory) }
}
