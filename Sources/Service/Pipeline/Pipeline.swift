import Checkpoints
import Datasets
package import Ledger
package import Networks
package import Platform
import Requests

/// The order of the stages. Everything that decides goes through this one actor, so that a scan, a command and the end of
/// a run never see half of each other; everything that takes long runs on a thread of its own and comes back here.
///
///     accept -> batch -> plan -> unlearn -> write candidate -> verify -> make current -> receipts -> announce
///
/// `look` is the whole of it: it takes up what is in the spool, tells what is untold, schedules what is due, and begins the
/// next run when none is going on. Watcher, timers, commands and the ends of runs only ring for the next look.
package actor Pipeline {
  let places: Places
  let ledger: Ledger
  let narrator: Narrator
  let live: LiveRun
  let bell: Doorbell
  let blas: BLASReport
  /// Signs receipts and records.
  let key: SigningKey
  let alarm: Alarm
  let clocks: Clocks
  let subordinates: SubordinateUsers

  var configuration: Configuration
  var models: [String: LoadedModel] = [:]
  /// Models whose data changed, as they would be with the new data: what `rematch` takes.
  var changed: [String: LoadedModel] = [:]
  /// Models that are being opened or replaced, or are about to be: nothing of theirs begins.
  var opening: Set<String> = []
  /// Those whose opening or replacing has begun: one at a time for each.
  var held: Set<String> = []
  /// Who waits for one of them to be done.
  var openingWaiters: [CheckedContinuation<Void, Never>] = []
  var scanner = SpoolScanner()
  var leftAlone = 0
  var run: ActiveRun?
  var flushed: Set<String> = []
  /// Calls that wait for a request, each under a number of its own.
  var waiters: [String: [UInt64: CheckedContinuation<Void, Never>]] = [:]
  var lastWaiter: UInt64 = 0
  /// Seconds that runs took, newest last: how long the next one may take.
  var runSeconds: [String: Double] = [:]
  /// Models from which what a crash left was removed.
  var cleaned: Set<String> = []
  /// When a model that cannot be used was last tried.
  var lastOpened: [String: MonotonicInstant] = [:]
  /// What the directories of damaged versions look like: read again only when that changes.
  var damaged: [String: VersionStamp] = [:]
  /// When it was last said that a purge waits, by the version's directory.
  var purgeWaitsSaid: [String: MonotonicInstant] = [:]
  /// Models whose versions were looked through for purged ones that are there again.
  var returnedSought: Set<String> = []
  /// What was said of each model's data that will disappoint.
  var disappointments: [String: [String]] = [:]
  /// Requests of which it was said that their deadline has passed.
  var passedDeadlinesSaid: Set<RequestID> = []
  package internal(set) var isStopping = false
  /// Why the ledger is taken for an older one than it was, until a person settles it.
  var restoration: Restoration?
  /// Whether that could be said, and every model is paused where it is.
  var isRestorationSought = false
  /// Where the chain ended when its head was copied last.
  var copiedHead: ChainEnd?
  /// Since when each model's waiting requests wait, by the clock that does not jump.
  var waitingSince: [String: [RequestID: MonotonicInstant]] = [:]
  /// What time it is, for what cannot be undone.
  var steadyClock: SteadyClock
  /// Whether the ledger is told that it is doubted; nil before the first question.
  var isDoubtNoted: Bool?
  /// When what is past its time was looked for last.
  var lastExpiry: MonotonicInstant?
  /// Files past their time that cannot be removed, as it was said.
  var unremovedSaid: Set<String> = []
  /// Users of whom it was said that their refusals of the day are spent, and until when.
  var refusalsSpentSaid: [UInt32: Timestamp] = [:]
  /// Users of whom it was said that they handed in again what is known.
  var requestKnownSaid = SaidLately<UInt32>()
  /// How far each model's unresolved requests were looked at in this round.
  var lookUps: [String: LookUpRound] = [:]
  /// Models with a request that was not looked at since they were opened, or with one that could not be: their rows are not known, and
  /// nothing is trained on meanwhile.
  var unlooked: Set<String> = []
  /// The model at which the time for that was over; nil: there was enough.
  var lookUpsStoppedAt: String?
  /// After which request submitters are let read again; nil: all may.
  var lettingRead: Int64?
  /// Models of which a version that was served until now may be one that the ledger does not know.
  var strayed: Set<String> = []
  /// Why files in the spool could not be looked at, read, answered or removed, as it was said, without their names.
  var spoolTroubleSaid = SaidLately<String>()
  /// A removal from the spool stopped half-way; the next look finishes it.
  var removalFailed = false
  var lowDiskSaid = false
  var unreadableReceiptsSaid = false

  /// A run going on: who watches it, and the task that ends with it.
  struct ActiveRun {
    let job: RunJob
    let begun: MonotonicInstant
    var observation: RunObservation?
    /// Set when the run was asked to stop before its thread had begun.
    var stopAsked = false
    let task: Task<Void, Never>
  }

  package init(
    places: Places, ledger: Ledger, configuration: Configuration, narrator: Narrator, live: LiveRun, bell: Doorbell,
    blas: BLASReport, key: SigningKey, clocks: Clocks = .system, subordinates: SubordinateUsers = .machine
  ) {
    self.places = places
    self.ledger = ledger
    self.configuration = configuration
    self.narrator = narrator
    self.live = live
    self.bell = bell
    self.blas = blas
    self.key = key
    self.clocks = clocks
    self.subordinates = subordinates
    steadyClock = SteadyClock(clocks.wall(), at: clocks.monotonic(), after: ledger.lastBelieved)
    alarm = Alarm(bell)
  }

  /// Threads that compute.
  var workers: Int { configuration.settings.workers }

  /// One look at everything. What goes wrong is said and tried again at the next look: nothing here may end the daemon, and
  /// one stage that cannot do its work (a spool that cannot be listed) keeps no other from doing theirs.
  package func look() async {
    guard !isStopping else { return }
    alarm.set(MonotonicInstant.now + configuration.settings.scanInterval)
    if !isRestorationSought { lookForRestoredBackup() }
    guard isRestorationSought else { return }
    attempt { try tell() }
    attempt { try letSubmittersRead() }
    checkModels()
    await takeUp()
    attempt { try tell() }
    attempt { try warnOfDeadlines() }
    attempt { try scheduleRetries() }
    attempt { try lookUpUnresolved() }
    attempt { try formBatches() }
    attempt { try tell() }
    attempt { try beginRun() }
    attempt { try purgeDue() }
    attempt { try tell() }
    attempt { try endWhatIsPastItsTime() }
    attempt { try ledger.overwriteDropped() }
  }

  func attempt(_ stage: () throws -> Void) {
    do {
      try stage()
    } catch {
      narrator.trouble(error)
    }
  }

  private func scheduleRetries() throws(LedgerError) {
    let now = clocks.wall()
    try ledger.scheduleDueRetries(at: now)
    if let next = try ledger.nextRetry() { alarm.set(.now + (next - now)) }
  }

  /// Asks the run in progress to save itself and waits for its end; then nothing begins any more.
  package func stop() async {
    isStopping = true
    alarm.cancel()
    stopRun()
    await run?.task.value
    // Also what a crash left untold, where the stop comes before the first look.
    attempt { try tell() }
    for (_, continuations) in waiters { continuations.values.forEach { $0.resume() } }
    waiters = [:]
    openingEnded()
  }

  func stopRun() {
    run?.stopAsked = true
    run?.observation?.requestStop()
  }
}
