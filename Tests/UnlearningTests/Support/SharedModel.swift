import Checkpoints
import Datasets
import FoundationEssentials
import Unlearning

/// The trained ResNet-20 and its rows beside the repository.
struct SharedModel {
  let dataset: Dataset
  let model: ModelDirectory
  let heldout: [Int]

  /// nil, said aloud, where there is no `shared/`.
  static func open(for test: String) throws -> SharedModel? {
    guard let shared = SharedFolder.path else {
      print("SKIPPED: \(test) (no shared/)")
      return nil
    }
    let data = shared + "/data/cifar10-10k"
    let dataset = try Dataset.open(
      DatasetDescription(
        source: .cifar10(train: data + "/data_batch_*.bin", heldout: data + "/test_batch.bin"),
        identifiers: data + "/ids.csv"))
    return SharedModel(
      dataset: dataset, model: try ModelDirectory.open(shared + "/models/resnet20-cifar10-10k"),
      heldout: try dataset.honestHeldoutRows())
  }

  /// A plan that forgets these rows and retains all others.
  func plan(_ requests: [ForgetRequest], erased: EarlierErasures = EarlierErasures()) -> RunPlan {
    let gone = Set(requests.flatMap(\.rows)).union(erased.rows.map(\.row))
    var plan = RunPlan(
      dataset: dataset, parent: model, requests: requests,
      retainRows: (0..<dataset.train.count).filter { !gone.contains($0) }, heldoutRows: heldout)
    plan.erasures = erased
    plan.workers = 2
    return plan
  }
}

enum SharedFolder {
  /// `HAMUD_SHARED`, or `../shared` beside the package.
  static var path: String? {
    let named = ProcessInfo.processInfo.environment["HAMUD_SHARED"]
    let found = named ?? packageRoot + "/../shared"
    return FileManager.default.fileExists(atPath: found + "/models") ? found : nil
  }

  private static var packageRoot: String {
    var folder = #filePath.split(separator: "/").dropLast()
    while !folder.isEmpty {
      let path = "/" + folder.joined(separator: "/")
      if FileManager.default.fileExists(atPath: path + "/Package.swift") { return path }
      folder = folder.dropLast()
    }
    return "."
  }
}
