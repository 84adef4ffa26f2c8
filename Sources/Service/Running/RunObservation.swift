import Datasets
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
  /// Whether the data were found to be others than those that the run began with.
  private let hasOtherData = Atomic<Bool>(false)
  /// Whether it was said that the budget is nearly spent.
  private let budgetIsNear = Mutex(false)
  /// From this share of the budget on it is said.
  private static let near = 0.8

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
    if case .measured(let measurement) = event { watchBudget(measurement) }
  }

  /// Said once when most of the budget is spent, and anew after it was regained.
  private func watchBudget(_ measurement: Measurement) {
    guard let spent = measurement.retainSpent else { return }
    let budget = job.policy.budget
    let isNear = spent > Self.near * budget
    let isNew = budgetIsNear.withLock { said in
      defer { said = isNear }
      return isNear && !said
    }
    // Over the budget the run ends, and its requests are told so.
    if isNew, spent <= budget {
      narrator.post(.budgetNear(job.told, step: measurement.step, spent: spent, budget: budget))
    }
  }

  /// A state that cannot be saved costs time after a crash and nothing else, so the run goes on.
  func save(_ saved: SavedRun) {
    // What was made of other data must not be gone on from once the old ones are back, which have the same digest. What was
    // saved before stays, and the run goes on from there. Found once, it holds for the rest of the run, which saves once more as it stops.
    let isFound = hasOtherData.load(ordering: .relaxed)
    guard !isFound, job.model.dataset.isStillWhatWasOpened(job.model.description) else {
      if !isFound { narrator.post(.dataChangedInRun(job.told)) }
      hasOtherData.store(true, ordering: .relaxed)
      return requestStop()
    }
    do {
      try SavedProgress(job: job).save(saved, retainRows: retainRows)
      if let step = saved.step { narrator.post(.progressSaved(job.told, step: step)) }
    } catch {
      narrator.post(.progressNotSaved(job.told, "\(error)"))
    }
  }
}
