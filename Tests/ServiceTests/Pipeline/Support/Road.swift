import Checkpoints
import Platform
import Requests
import Service

/// A private root with one small model, everything that a daemon needs to work on it, and ways to look at what it left.
/// Gone with the object.
final class Road: Sendable {
  static let model = "small"

  let root: String
  let places: Places

  /// - Parameter settings: lines of the model's file beside `model` and `data`.
  init(_ settings: String = Road.usual, data: SmallData.Rows = SmallData.shared.train) throws {
    root = "/tmp/hamud-road-" + SHA256Digest.of(randomBytes(16)).hex.prefix(16)
    places = Places(root: root)
    let directories = [
      places.modelSettings, places.incoming, places.accepted, places.rejected, places.receipts, places.models,
      places.runtime, source(""),
    ]
    for path in directories { try DurableDirectory.make(path, parents: true) }
    try write(data, to: "train")
    try write(SmallData.shared.heldout, to: "heldout")
    try writeOwners((0..<data.labels.count).map { $0 })
    try writeModel(SmallData.shared.weights, to: source("model"))
    try configure(settings)
  }

  deinit { _ = try? DurableDirectory.removeTree(root) }

  /// Nothing starts before an hour, so that tests decide when.
  static let usual = """
    unlearning: {batch_size: 64, radius: {relative: 5e-3}, evaluate_every: 5}
    policy: {on_hardness: continue, retain_budget: 0.5, max_forget_share: 0.5}
    batching: {max_wait: 1h}
    """

  func source(_ name: String) -> String { Paths.join(root, "srv", name) }

  // MARK: What belongs to others

  func write(_ rows: SmallData.Rows, to name: String) throws {
    let path = source(name + ".safetensors")
    _ = try DurableDirectory.removeFile(path)
    try SafetensorsWriter.write(
      [
        TensorArray("x", shape: [rows.labels.count, SmallData.features], .float32(rows.samples)),
        TensorArray("y", .int64(rows.labels)),
      ], to: path)
  }

  /// ids.csv for training rows that are these rows of the original ones: row k is `p-k`, of subject `s-(k mod 20)`.
  func writeOwners(_ originals: [Int]) throws {
    let lines = originals.enumerated().map { "\($0.offset),p-\($0.element),s-\($0.element % 20)\n" }
    try DurableFile.publish("row,id,subject\n" + lines.joined(), to: source("ids.csv"))
  }

  /// The training rows in another order, without some of them, and the owners with them.
  func rearrange(_ originals: [Int], idsOf owners: [Int]? = nil, edited: Int? = nil) throws {
    var rows = SmallData.Rows()
    for row in originals {
      rows.samples += SmallData.shared.train.row(row).map { row == edited ? $0 + 0.25 : $0 }
      rows.labels.append(SmallData.shared.train.labels[row])
    }
    try write(rows, to: "train")
    try writeOwners(owners ?? originals)
  }

  func writeModel(_ weights: [TensorArray], to path: String) throws {
    try ModelWriter.write(.mlp(MLPConfiguration(layers: SmallData.layers)), tensors: weights, data: nil, to: path)
  }

  func configure(_ settings: String, model: String = Road.model) throws {
    let text = """
      model: \(source("model"))
      data: {format: safetensors, train: \(source("train.safetensors")), heldout: \(source("heldout.safetensors")),
        ids: \(source("ids.csv"))}
      \(settings)
      """
    try DurableFile.publish(text, to: configuration(model))
  }

  func configuration(_ model: String = Road.model) -> String { Paths.join(places.modelSettings, model + ".yaml") }

  // MARK: What is in the spool

  func drop(_ name: String, _ text: String) throws { try drop(FileName(name), Array(text.utf8)) }

  /// As `mv` does it: whole when its name appears.
  /// - Parameter owner: only root may drop in another's name.
  func drop(_ name: FileName, _ bytes: [UInt8], owner: UInt32? = nil) throws {
    let path = Paths.join(root, "dropped")
    try DurableFile.publish(bytes, to: path, attributes: FileAttributes(mode: 0o644, owner: owner))
    try Neighbour.rename(path, to: name, in: places.incoming)
  }

  func receipt(_ id: String) throws -> Receipt { try signedReceipt(places.receipt(id)) }

  /// What is signed of it; every receipt is.
  private func signedReceipt(_ path: String) throws -> Receipt {
    guard let parts = Receipt.signedParts(of: try DataFile.read(path, limit: Limits.documentBytes)) else {
      throw Missing(what: "the signature of \(path)")
    }
    return try Receipt.parse(parts.covered)
  }

  /// The one receipt of a refused file whose stem is this.
  func rejected(_ stem: String) throws -> Receipt {
    let names = try DurableDirectory.list(places.rejected)
    let own = names.filter { $0.hasPrefix(stem + ".") && $0.hasSuffix(".receipt.yaml") }
    guard own.count == 1 else { throw Missing(what: "the receipt of \(stem) among \(names)") }
    return try signedReceipt(Paths.join(places.rejected, own[0]))
  }

  // MARK: What is published

  var store: VersionStore { VersionStore(directory: places.model(Road.model), model: Road.model) }

  func weights(_ version: Int) throws -> String {
    let path = Paths.join(places.model(Road.model), "versions", "00000\(version)", "model.safetensors")
    return try DataFile(path: path).sha256().hex
  }

  var versions: [Int] { (try? store.list()) ?? [] }

  var savedProgress: [String] { (try? DurableDirectory.list(Paths.join(places.model(Road.model), "progress"))) ?? [] }
}

struct Missing: Error { let what: String }

/// A manifest of this id.
func manifest(_ id: String, _ forget: String, _ more: String = "", model: String = Road.model) -> String {
  "hamud: 1\nid: \(id)\nmodel: \(model)\nforget: {\(forget)}\n\(more)\n"
}
