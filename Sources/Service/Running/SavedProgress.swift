import Checkpoints
import Datasets
import Ledger
import Requests
import Unlearning

/// A run's saved state on disk, with the retain set that it began with.
///
/// The retain set is saved too because it is read from the ledger when a run begins: what arrives while the run is stopped
/// must not change a bit of what it goes on to.
struct SavedProgress {
  let job: RunJob

  struct Found {
    let run: SavedRun
    let retainRows: [Int]
  }

  private var path: String { job.model.store.progressPath(batch: job.planned.batch) }

  func save(_ saved: SavedRun, retainRows: [Int]) throws(CheckpointError) {
    let state: JSONValue = ["retain": JSONValue(RowSet(retainRows).text), "run": JSONValue(saved.state)]
    try RunProgressFile.save(
      RunProgress(key: job.progressKey, state: state.text, arrays: saved.arrays), to: path)
  }

  /// Nil where there is none, or none of this run.
  /// - Throws: where there is some that cannot be gone on from, to be said and thrown away.
  func load() throws(CheckpointError) -> Found? {
    guard let progress = try RunProgressFile.load(path, matching: job.progressKey) else { return nil }
    guard let state = try? JSONValue.parse(Array(progress.state.utf8)), let run = state["run"]?.stringValue,
      let retain = state["retain"]?.stringValue.flatMap(RowSet.init(text:))
    else { throw .directory(path, problem: "its state is not one that hamud wrote") }
    return Found(run: SavedRun(state: run, arrays: progress.arrays), retainRows: retain.rows)
  }

  func remove() throws(CheckpointError) { try RunProgressFile.remove(path) }
}
