import Checkpoints
import Ledger
import Platform
import Requests

// A model that is brought in may be a version that was here before, whatever its owner takes it for.
extension Pipeline {
  /// Finds what was forgotten, and what waits to be, in the data of a model that is to be imported.
  ///
  /// One that is no known version counts as trained on these data. The weights of a version know more than they hold: then a waiting
  /// request is not served without a row that is gone, and nothing that was forgotten since may be gone.
  func match(_ model: LoadedModel, for candidate: VersionStore.Candidate) async throws -> DataMatching {
    let kept = try ledger.keptRecords(of: model.name)
    let known = try await onThread("hamud-import") { () throws(ModelTrouble) in
      try ModelTrouble.of { try model.store.oldestVersion(withWeightsOf: candidate, kept: kept) }
    }.get()
    let found = try await match(model, trainedOnThem: known == nil)
    guard let known else { return found }
    let gone = try ledger.rowsRemembered(by: known, goneFrom: found.relocation)
    guard gone == 0 else {
      throw ControlError(
        .held,
        "its weights are those of version \(known), which still remembers \(NumberText.count(gone, "row")) that had to be "
          + "forgotten and that the data do not hold any more, so that nobody could forget what it knows of them; import a model "
          + "that was trained without them")
    }
    return found
  }
}
