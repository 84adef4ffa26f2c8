import Checkpoints
import Datasets
import Ledger
import Platform
import Requests
import Unlearning

/// One run from its plan to an adopted version: load, unlearn, write a candidate, read it back and measure it, seal, adopt.
///
/// Blocking, for minutes: it runs on a thread of its own. It changes nothing that counts: a version that was adopted here
/// is nobody's until the ledger has it.
struct RunWorker {
  let job: RunJob
  let live: LiveRun
  let narrator: Narrator

  /// What a run leaves.
  enum Outcome: Sendable {
    /// An adopted version, its result, and what finds its forgotten rows again.
    case adopted(VersionStore.Version, RunResult, [ForgottenRow])
    /// No version; of requests that had nothing to forget, what finds their rows again.
    case ended(RunResult, [ForgottenRow])
    /// A disk, the data or a file of the model failed.
    case failed(String)
    /// The batch cannot be run as model and data are now; trying again changes nothing.
    case impossible(String)
    /// The version that was to be built upon is not what was sealed.
    case damaged(String)
  }

  /// How long reading or writing a model's files may take without a sign of life.
  private static let diskPatience: Duration = .seconds(600)

  /// - Parameter started: gets the run's observer, to stop it by.
  func work(started: (RunObservation) -> Void) -> Outcome {
    do {
      live.expectSilence(for: Self.diskPatience)
      // Every byte again before each run, also of a model that has been open for weeks: disks rot without telling the file
      // system. It is one pass over files that the run then reads a thousand times.
      let parent = try verifyParent()
      if let saved = try loadProgress() {
        do {
          return try run(saved.retainRows, saved.run, parent, started)
        } catch UnlearningError.saved(let sentence) {
          narrator.post(.progressUnusable(job.told, sentence))
        }
      }
      let retainRows = job.retainRows
      narrator.began(job, retainRows: retainRows.count)
      return try run(retainRows, nil, parent, started)
    } catch UnlearningError.plan(let sentence) {
      return .impossible(sentence)
    } catch let error as CheckpointError where error.isDamage {
      return .damaged("\(error)")
    } catch {
      return .failed("\(error)")
    }
  }

  private func verifyParent() throws -> VerifiedVersion {
    let current = job.model.current
    return try job.model.store.verified(current.number, recordDigest: current.recordDigest)
  }

  /// Nil where there is none that can be gone on from; such is removed.
  /// - Throws: where it could not be looked at, which says nothing of it: it stays for the next try.
  private func loadProgress() throws -> SavedProgress.Found? {
    let progress = SavedProgress(job: job)
    do {
      guard let saved = try progress.load() else { return nil }
      // Without a new version, when there was nothing to forget of them. Its weights may have learnt them since.
      if !RowSet(saved.retainRows).intersection(job.forgotten).isEmpty {
        throw UnlearningError.saved("rows that it was trained on were forgotten since")
      }
      narrator.post(.runResumed(job.told, step: saved.run.step ?? 0))
      return saved
    } catch let error as CheckpointError where error.isTransient || error.isDenied {
      throw error
    } catch {
      narrator.post(.progressUnusable(job.told, "\(error)"))
      // Ignored: what cannot be removed is refused again by its key, and replaced by the next state that is saved.
      try? progress.remove()
      return nil
    }
  }

  private func run(
    _ retainRows: [Int], _ saved: SavedRun?, _ parent: VerifiedVersion, _ started: (RunObservation) -> Void
  ) throws -> Outcome {
    let observer = RunObservation(job, retainRows: retainRows, live: live, narrator: narrator)
    started(observer)
    let plan = job.plan(retainRows: retainRows, parent: try job.model.current.open())
    let run = try UnlearningRun(plan, observer: observer, resuming: saved)
    while true {
      switch try run.run() {
      case .ended(let result): return try ended(result, observer)
      case .ready(let step):
        live.expectSilence(for: Self.diskPatience)
        let store = job.model.store
        try store.discardCandidates()
        // A directory of this number that the ledger does not know is what a crash left between adopting and recording.
        if try store.list().contains(job.number) { try store.remove(job.number) }
        let candidate = try store.writeCandidate(number: job.number, from: job.model.current, weights: run.weights)
        switch try run.verify(try candidate.open()) {
        case .confirmed(let result):
          // Whoever wrote to the parent meanwhile wrote into what the run read.
          if !store.isUntouched(parent) { _ = try verifyParent() }
          return try adopt(candidate, result, retainRows)
        case .lost:
          narrator.post(.roundingLost(job.told, step: step))
          try store.discardCandidates()
        case .ended(let result):
          try store.discardCandidates()
          return try ended(result, observer)
        }
      }
    }
  }

  private func ended(_ result: RunResult, _ observer: RunObservation) throws -> Outcome {
    live.expectSilence(for: Self.diskPatience)
    if let saved = result.saved { observer.save(saved) }
    return .ended(result, try forgottenRows(of: result.requests.filter(\.hadNothingToForget).map(\.key), result))
  }

  private func adopt(
    _ candidate: VersionStore.Candidate, _ result: RunResult, _ retainRows: [Int]
  ) throws -> Outcome {
    live.expectSilence(for: Self.diskPatience)
    let store = job.model.store
    let record = VersionRecord(job: job, result: result, retainRows: retainRows, at: WallClock.now)
    let version = try store.adopt(try store.seal(candidate, record: record, key: job.key))
    let served = result.requests.filter { $0.setAside == nil }
    return .adopted(version, result, try forgottenRows(of: served.map(\.key), result))
  }

  private func forgottenRows(of keys: [String], _ result: RunResult) throws -> [ForgottenRow] {
    let chosen = Set(keys)
    let requests = job.planned.requests.filter { chosen.contains($0.id.text) }
    let classRows = requests.filter { !$0.labels.isEmpty }.reduce(RowSet.empty) { $0.union($1.rows) }
    let margins = Dictionary(result.margins.map { ($0.row, $0.phi) }, uniquingKeysWith: { first, _ in first })
    return try requests.reduce(RowSet.empty) { $0.union($1.rows) }.rows.map { row in
      ForgottenRow(
        mark: try job.model.mark(row), label: Int(job.model.dataset.train.labels[row]),
        phi: classRows.contains(row) ? margins[row] : nil)
    }
  }
}

extension LoadedModel {
  /// What finds a training row again in other data.
  func mark(_ row: Int) throws(ModelTrouble) -> RowMark {
    do {
      let content = try dataset.train.rowDigest(row, salt: salt)
      let id = dataset.identifiers.idDigest(ofRow: row, salt: salt)
      guard let digest = SHA256Digest(bytes: content.bytes) else { throw ModelTrouble("a row has no digest") }
      return RowMark(row: row, content: digest, id: id.flatMap { SHA256Digest(bytes: $0.bytes) })
    } catch let error as ModelTrouble {
      throw error
    } catch {
      throw ModelTrouble("\(error)")
    }
  }
}
