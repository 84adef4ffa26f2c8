package import Checkpoints
import Ledger
import Requests
package import Unlearning

/// A run's saved state on disk, with the retain set that it began with.
///
/// The retain set is saved too because it is read from the ledger when a run begins: what arrives while the run is stopped
/// must not change a bit of what it goes on to.
package struct SavedProgress {
  let job: RunJob

  package struct Found: Sendable, Equatable {
    package let run: SavedRun
    /// Ascending.
    package let retainRows: [Int]

    package init(run: SavedRun, retainRows: [Int]) {
      self.run = run
      self.retainRows = retainRows
    }
  }

  private var path: String { job.model.store.progressPath(batch: job.planned.batch) }

  func save(_ saved: SavedRun, retainRows: [Int]) throws(CheckpointError) {
    let found = Found(run: saved, retainRows: retainRows)
    try RunProgressFile.save(
      RunProgress(key: job.progressKey, state: found.state, arrays: saved.arrays), to: path)
  }

  /// Nil where there is none, or none of this run.
  /// - Throws: where there is some that cannot be gone on from, to be said and thrown away; `.system` also where it could not be
  ///   looked at.
  func load() throws(CheckpointError) -> Found? {
    guard let progress = try RunProgressFile.load(path, matching: job.progressKey) else { return nil }
    guard let found = Found(state: progress.state, arrays: progress.arrays) else {
      throw .directory(path, problem: "its state is not one that hamud wrote")
    }
    return found
  }

  func remove() throws(CheckpointError) { try RunProgressFile.remove(path) }
}

extension SavedProgress.Found {
  /// All but the arrays, as a JSON text.
  package var state: String {
    let state: JSONValue = ["retain": JSONValue(RowSet(retainRows).text), "run": JSONValue(run.state)]
    return state.text
  }

  /// From such a text, which may be as long as the file's header: there are rows of every kind in it.
  ///
  /// nil where hamud did not write it.
  package init?(state text: String, arrays: [TensorArray]) {
    guard let state = try? JSONValue.parse(Array(text.utf8), limit: CheckpointLimits.headerBytes),
      let run = state["run"]?.stringValue, let retain = state["retain"]?.stringValue.flatMap(RowSet.init(text:))
    else { return nil }
    self.init(run: SavedRun(state: run, arrays: arrays), retainRows: retain.rows)
  }
}
