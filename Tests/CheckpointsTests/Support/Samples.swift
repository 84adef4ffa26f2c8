import Checkpoints
import Platform

/// A safetensors file from the text of its header and so many bytes of data.
func safetensors(_ json: String, data: Int = 0) -> [UInt8] {
  safetensors(Array(json.utf8), data: (0..<data).map { UInt8(truncatingIfNeeded: $0) })
}

func safetensors(_ json: [UInt8], data: [UInt8]) -> [UInt8] {
  littleEndian(UInt64(json.count)) + json + data
}

func littleEndian<Value: FixedWidthInteger>(_ value: Value) -> [UInt8] {
  withUnsafeBytes(of: value.littleEndian) { Array($0) }
}

func parse(_ file: [UInt8]) throws -> SafetensorsHeader { try SafetensorsHeader.parse(file, fileSize: file.count) }

/// A small model: a multilayer perceptron 3-4-2 whose weights count upwards.
enum SampleModel {
  static let configuration = ModelConfiguration.mlp(
    MLPConfiguration(layers: [3, 4, 2], labels: ClassLabels(names: ["no", "yes"])))
  static let record = DataRecord(
    features: ["age", "height", "weight"], mean: [40, 1.7, 70], deviation: [10, 0.1, 12])

  static let tensors = [
    TensorArray("layers.0.bias", .float32(ramp(4, from: 100))),
    TensorArray("layers.0.weight", shape: [4, 3], .float32(ramp(12, from: 0))),
    TensorArray("layers.1.bias", .float32(ramp(2, from: 200))),
    TensorArray("layers.1.weight", shape: [2, 4], .float32(ramp(8, from: 50))),
    TensorArray("steps", shape: [], .int64([7])),
  ]

  static func ramp(_ count: Int, from start: Float) -> [Float] { (0..<count).map { start + Float($0) / 8 } }

  /// Writes it and returns its path.
  @discardableResult
  static func write(in scratch: Scratch, as name: String = "model") throws -> String {
    try ModelWriter.write(configuration, tensors: tensors, data: record, to: scratch.path(name))
    return scratch.path(name)
  }

  static func trains(_ name: String) -> Bool { name.hasPrefix("layers.") }
}

extension Scratch {
  var store: VersionStore { VersionStore(directory: path("models/sample"), model: "sample") }

  /// A store whose version 1 is the sample model, current.
  func storeWithFirstVersion() throws -> VersionStore {
    let source = try SampleModel.write(in: self)
    let candidate = try store.importDirectory(from: source, number: 1)
    let sealed = try store.seal(candidate, record: record(1))
    _ = try store.adopt(sealed)
    try store.makeCurrent(1)
    return store
  }

  func record(_ number: Int, parent: Int? = nil) -> VersionRecord {
    var record = VersionRecord(model: "sample", version: number, created: "2026-01-02T03:04:05Z")
    record.parent = parent
    return record
  }
}

/// The path of a file in `shared/`, beside the package or where HAMUD_SHARED says; nil, loudly, where there is none.
func shared(_ name: String, _ test: String = #function) -> String? {
  let package = Paths.parent(of: Paths.parent(of: Paths.parent(of: Paths.parent(of: #filePath))))
  let places = [SharedFolder.environment, Paths.join(Paths.parent(of: package), "shared")]
  for case let place? in places {
    let path = Paths.join(place, name)
    if (try? FileStatus.ifPresent(path)) != nil { return path }
  }
  print("SKIPPED: \(test) (no shared/\(name))")
  return nil
}
