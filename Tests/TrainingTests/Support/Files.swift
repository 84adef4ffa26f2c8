import Checkpoints
import Datasets
import Glibc
import Networks
import Platform
import Training

/// A directory that is removed with its content at the end of the test.
final class Scratch {
  let path: String

  init() throws {
    var template = Array("/tmp/hamud-training-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw Failure(text: "cannot make a temporary directory") }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit { _ = try? DurableDirectory.removeTree(path) }

  @discardableResult
  func write(_ name: String, _ bytes: [UInt8]) throws -> String {
    try DurableFile.publish(bytes, to: at(name))
    return at(name)
  }

  func cut(_ name: String, to size: Int) { truncate(at(name), size) }
  func at(_ name: String) -> String { Paths.join(path, name) }

  /// Said at the end of a test that needs the files and not this object: it must not be freed before.
  func keep() {}
}

struct Failure: Error { let text: String }

/// The repository's root, from where this file lies once links are followed.
let packageRoot: String = {
  let resolved = realpath(#filePath, nil)
  defer { free(resolved) }
  var path = resolved.map { String(cString: $0) } ?? #filePath
  for _ in 0..<4 { path = Paths.parent(of: path) }
  return path
}()

/// A file of the data that developers share beside the repository; nil, loudly, where there are none.
func shared(_ name: String, for test: String = #function) -> String? {
  let root = getenv("HAMUD_SHARED").map { String(cString: $0) } ?? Paths.join(Paths.parent(of: packageRoot), "shared")
  let path = Paths.join(root, name)
  if (try? FileStatus.ifPresent(path)) ?? nil != nil { return path }
  print("SKIPPED: \(test) (no shared/)")
  return nil
}

func demo(_ name: String) -> String { Paths.join(packageRoot, "etc/demo/data/\(name)") }

func digits() throws -> Dataset {
  func files(_ split: String) -> DatasetDescription.ImageFiles {
    .init(images: demo("digits-\(split)-images.idx.gz"), labels: demo("digits-\(split)-labels.idx.gz"))
  }
  return try Dataset.open(DatasetDescription(source: .idx(train: files("train"), heldout: files("heldout"))))
}

func people() throws -> Dataset {
  try Dataset.open(
    DatasetDescription(
      source: .csv(
        train: demo("people-train.csv"), heldout: demo("people-heldout.csv"),
        columns: .init(label: "education", id: "id"))))
}

/// Pictures in CIFAR-10's format that can be learned: each class is bright in a quarter of its own, and noisy.
func quarters(_ scratch: Scratch, rows: Int) throws -> Dataset {
  func file(_ seed: UInt64, _ rows: Int) -> [UInt8] {
    var generator = SeededGenerator(seed: seed, .order)
    return (0..<rows).flatMap { row -> [UInt8] in
      let label = row % 4
      return [UInt8(label)]
        + (0..<3072).map { index -> UInt8 in
          let (y, x) = (index % 1024 / 32, index % 32)
          let isBright = y / 16 * 2 + x / 16 == label
          return UInt8(generator.below(128) + (isBright ? 100 : 20))
        }
    }
  }
  try scratch.write("train.bin", file(1, rows))
  try scratch.write("test.bin", file(2, rows / 4))
  return try Dataset.open(
    DatasetDescription(source: .cifar10(train: scratch.at("train.bin"), heldout: scratch.at("test.bin"))))
}

extension TrainedModel {
  /// The values of a float tensor.
  func floats(_ name: String) -> [Float] {
    let tensor = tensors.first { $0.name == name }
    guard case .float32(let values) = tensor?.values else { return [] }
    return values
  }
}
