import HAMU
import Platform
import Requests
import Synchronization
import Unlearning

/// The daemon's eyes on a run: what onlookers see, what the journal hears, what is saved, and the wish to stop.
final class RunObservation: RunObserver {
  private let live: LiveRun
  private let narrator: Narrator
  private let job: RunJob
  private let retainRows: [Int]
  private let stop = Atomic<Bool>(false)
  private let measured: Mutex<Measurement?> = Mutex(nil)

  init(_ job: RunJob, retainRows: [Int], live: LiveRun, narrator: Narrator, stop: Bool = false) {
    self.job = job
    self.retainRows = retainRows
    self.live = live
    self.narrator = narrator
    if stop { requestStop() }
  }

  var shouldStop: Bool { stop.load(ordering: .relaxed) }

  func requestStop() { stop.store(true, ordering: .relaxed) }

  func signOfLife() { live.signOfLife() }

  func note(_ event: RunEvent) {
    if case .stepped(let report) = event {
      live.update {
        $0.step = report.step
        $0.stepsAtMost = report.stepsAtMost
        $0.forgetLoss = report.forgetLoss
        $0.retainLoss = report.retainLoss
        $0.kappa = report.hardness?.kappa
        $0.quota = report.hardness?.quota
        $0.leastCost = report.hardness?.leastCost
        $0.retainCost = report.hardness?.retainCost
      }
    }
    narrator.told(event, job)
  }

  /// A state that cannot be saved costs time after a crash and nothing else, so the run goes on.
  func save(_ saved: SavedRun) {
    do {
      try SavedProgress(job: job).save(saved, retainRows: retainRows)
    } catch {
      narrator.post(.progressNotSaved(job.told, "\(error)"))
    }
  }
}
