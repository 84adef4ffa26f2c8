import Platform
import Requests
import Service

/// One event of every kind, with figures that differ from each other.
enum EventSamples {
  static let planted = "alice.example@mail"
  static let run = Event.Run(model: "cifar10", batch: 17, requests: ["dsr-1", "dsr-2"])
  static let request = Event.Request(
    id: "dsr-1", model: "cifar10", digest: "hmac-sha256:00ff", rows: 20, batch: 17, version: 3)
  static let hardness = Event.Hardness(
    kappa: (0.123456789, -0.02, 0.098), quota: 0.031, leastCost: (0.00123, 0.0003), retainCost: (0.00081, 0.0002),
    freeImprovement: 0.0102)

  static var figures: Event.Figures {
    var figures = Event.Figures()
    figures.forgetLoss = 1.5
    figures.membershipAUC = 0.5312
    figures.retainLoss = 0.0025
    figures.retainAccuracy = 0.9999
    return figures
  }

  /// A refusal that names a person wherever a manifest can.
  static var refusal: Refusal {
    Refusal(
      .invalid,
      [
        Diagnostic(
          at: SourcePosition(line: 3, column: 5), "the key \(theirs: planted) is not known",
          mend: "write \(ours: "samples") instead of \(theirs: planted)")
      ])
  }

  static let duplicates = Event.Duplicates(
    pairs: (0..<7).map {
      .init(request: $0 < 6 ? "dsr-1" : "dsr-2", row: 17 + $0, stays: 5301 + $0, isMirrored: $0 == 1)
    }, rows: 43,
    rowsSeen: 40)

  static var digest: SHA256Digest { SHA256Digest.of(planted) }

  static let service: [Event] = [
    .started(release: "0.1.0", root: "/", threads: 2, blas: "OpenBLAS 0.3.21, kernels Haswell"),
    .ready(models: 3, paused: 1, waiting: 2),
    .configurationRejected("/etc/hamud/hamud.yaml:3:1: unknown key; did you mean threads", stillServing: true),
    .reloaded(models: 3, paused: 0),
    .startRefused("cannot lock /run/hamud/lock: process 12 holds it", exitCode: 74),
    .blasCheckFailed(library: "OpenBLAS 0.3.21", core: "SkylakeX", detail: "set OPENBLAS_CORETYPE=Haswell"),
    .recovered(runs: 1, receipts: 2),
    .ledgerMigrated(from: 1, to: 2, copy: "/var/lib/hamud/ledger.sqlite.format1"),
    .signingKey("0123456789abcdef", after: nil),
    .restoredBackup("it ends before the copy of its head in /var/spool/hamud/head.json", missing: 2),
    .restoreSettled(replayed: ["dsr-1"], signedOff: ["dsr-2"], by: 0),
    .ledgerTrouble("cannot write: disk I/O error"),
    .trouble("cannot read the directory"),
    .lowDisk(path: "/var/lib/hamud", free: 1_500_000_000, share: 0.051, limit: 0.1),
    .diskRecovered(path: "/var/lib/hamud", free: 90_000_000_000, share: 0.5),
    .workSilent(seconds: 31, run: run),
    .receiptNotWritten(request, "no space left"),
    .receiptsUnreadable("the file system has no ACLs"),
    .commandRefused("pause", uid: 1000),
    .stopping(),
    .stopped(waiting: 2),
  ]

  static let models: [Event] = [
    .modelLoaded("cifar10", version: 3, parameters: 272_474, rows: 10000, heldout: 2000),
    .firstVersion("cifar10", version: 1, .copied(from: "/srv/models/cifar10")),
    .firstVersion("cifar10", version: 9, .served),
    .modelImported("cifar10", version: 4, settled: 20, reaccepted: 1),
    .dataChanged("cifar10", "another size of data_batch_1.bin", waiting: 1),
    .versionDamaged("cifar10", version: 4, "version 4: the file \"config.json\" is missing", waiting: 2),
    .versionPurged(
      "cifar10", version: 1, remembered: 1000, requests: ["dsr-1", "dsr-2"], PurgeRemains(bytes: 98_000_000, linked: 0)),
    .purgeWaits("cifar10", version: 2, remembered: 40, holders: ["1234 (server)"]),
    .modelUnusable("cifar10", "/etc/hamud/models.d/cifar10.yaml:1:1: model is missing"),
    .damageBudgetSpent("cifar10", version: 9, "accuracy on held-out rows has fallen by 0.12", waiting: 3),
    .modelPaused("cifar10", by: 0, waiting: 1),
    .modelUnpaused("cifar10", waiting: 1),
    .modelRematched("cifar10", same: 900, moved: 99, gone: 1),
    .modelRemoved("cifar10", held: 2),
    .modelRolledBack("cifar10", to: 1, again: (["dsr-1", "dsr-2"], 40), serving: 3, by: 0),
    .modelRolledBack("cifar10", to: 1, again: (["dsr-1", "dsr-2"], 40), serving: nil, by: 0),
    .versionHeldBack("cifar10", version: 4, serving: 3, owed: ["dsr-2"]),
    .rowsReturned(
      "cifar10", version: 5, .init(batch: 3, rise: 1.8, error: 0.21, taken: 5.5, isNew: true), .published),
    .returnNotJudged("cifar10", version: 6, batches: [3, 4], distance: 0.31),
    .modelDisappoints("cifar10", "class 3 has 12 held-out rows"),
  ]

  static let requests: [Event] = [
    .requestAccepted(request, alreadyForgotten: 2),
    .requestKnown(request, state: .held),
    .requestRefused(digest, refusal),
    .fileLeft(digest, owner: 1000),
    .fileDeferred(digest, "model cifar10 is not open"),
    .requestScheduled(request),
    .requestUnlearning(request),
    .requestForgotten(request, reason: .target, steps: 48, before: figures, after: figures),
    .requestHeld(request, reason: .unavoidable, "going on would cost 0.0008 a step", hardness: hardness),
    .requestFailed(request, reason: .nonFinite, "a loss was not finite", retry: "2026-12-01T00:00:00Z"),
    .requestCancelled(request),
    .requestReaccepted(request, "its model is configured again"),
    .requestResumed(request, acceptRetainCost: 0.05, by: 0),
    .requestRetried(request, by: 0),
    .deadlineNear(request, state: .held, deadline: "2026-12-23"),
    .deadlinePassed(request, state: .accepted, deadline: "2026-12-23"),
  ]

  static let runs: [Event] = [
    .runBegan(run, version: 2, rows: (43, 9957), stepsAtMost: 200),
    .runResumed(run, step: 30),
    .progressUnusable(run, "it was saved for another version"),
    .phaseBegan(run, "what was asked for, margins lowered", rows: 43, step: 0),
    .stepTaken(run, step: 10, of: 200, figures: figures, hardness: hardness),
    .measured(run, step: 10, figures: figures),
    Event.nearDuplicates(run, duplicates) ?? Event.phaseBegan(run, "none", rows: 0, step: 0),
    .hardnessBegan(run, step: 6, hardness, spent: (0.0021, 0.02), stops: true),
    .requestSetAside(run, request: "dsr-2", step: 6, hardness),
    .hardnessEnded(run, step: 40, hardness, spent: 0.0021),
    .budgetNear(run, step: 30, spent: 0.018, budget: 0.02),
    .overshot(run, attempt: 1, of: 5),
    .notFinite(run, attempt: 1, of: 3),
    .progressSaved(run, step: 30),
    .progressNotSaved(run, "no space left"),
    .dataChangedInRun(run),
    .roundingLost(run, step: 48),
    .runInterrupted(run, step: 33),
    .versionPublished(run, version: (3, "sha256:aa"), isServed: true, steps: 48, after: figures),
  ]

  static var all: [Event] { service + models + requests + runs }
}
