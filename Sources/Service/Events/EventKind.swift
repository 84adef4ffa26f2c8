package import Platform

/// What an entry of the journal is about: its MESSAGE_ID, which the message catalogue (systemd/hamud.catalog) explains.
///
/// The identifiers were drawn once and never change: people's filters and alarms hang on them.
package enum EventKind: String, CaseIterable, Sendable {
  // The service.
  /// hamud begins: which build, where, with what.
  case started = "6438dc2819d34075ad5e833b61b939d3"
  /// Everything is open; requests are taken.
  case ready = "e21f9f3df2d24b27ad3d1777036d45d2"
  /// A configuration cannot be used: at the start, or at a reload (the old one stays).
  case configurationRejected = "32ec2015f4a04a18b7696ef1849eb515"
  /// A new configuration is in force.
  case reloaded = "42e1fb18d6e84e9f8facf402baefbc65"
  /// The daemon cannot start, for another reason than its configuration.
  case startRefused = "05c2470e95454d508dde8d1b63b2640e"
  /// OpenBLAS computes wrong results on this processor.
  case blasCheckFailed = "b3f8711191a8431d8e38fb19bf0884b0"
  /// The last process did not end properly; what it left is gone on with.
  case recovered = "4825a565180141d4b2b3022e8dcde4e6"
  /// The ledger was brought to a newer format, after a copy.
  case ledgerMigrated = "caaba8e8606e4fc3a541ab44322cb5f8"
  /// The ledger is an older one than what people were told: nothing is published.
  case restoredBackup = "c508b54bd8bbbebdd19ab745abcfe15a"
  /// A person settled that.
  case restoreSettled = "f97bba6407ce665de1a47b48da14b26a"
  /// The ledger could not be read or written.
  case ledgerTrouble = "298af3cdf06c46bc977f7bc4d68ae5c8"
  /// Something else did not work and is tried again.
  case trouble = "c17d95c4c52c4ee1b3f62635b264a24d"
  /// Too little space: no run starts.
  case lowDisk = "3f8acf6d3ffd44c285e1d085feafd9a0"
  /// There is space again.
  case diskRecovered = "ae7d46f36d224d55bb86506217b68d42"
  /// The work has shown no sign of life: the watchdog will end the service.
  case workSilent = "8fba20fbdd374aed83b6cf5c410500d8"
  /// A receipt could not be written; it stays due.
  case receiptNotWritten = "ff5126e2023943d8ad0a73b3c46d395e"
  /// The file system has no ACLs: submitters cannot read their receipts.
  case receiptsUnreadable = "00f1b8b9423b42f58e951d4c4952045c"
  /// Somebody asked over the control socket for what they may not.
  case commandRefused = "001d9ef5fed04cceac05cacdb1a37550"
  /// The daemon was asked to stop.
  case stopping = "a8ef2a1219b847d28b1b7281a8a956c5"
  /// The daemon ended in order.
  case stopped = "3b3926fa6ea44546aefc1f5bd2c42a23"

  /// Receipts and records are signed with another key than before.
  case signingKey = "9d7e077bdc7841ce84e6227361d44cfc"

  // Models.
  /// A model, its data and its current version are open.
  case modelLoaded = "18066d3a2a57496c8d881336010b5dbd"
  /// The configured model was copied as version 1.
  case firstVersion = "3acb9c0eea92470ca2ddbdc207950f49"
  /// A retrained model was brought in as the next version.
  case modelImported = "be5e738f495c41c29d6ecf9a85b05e40"
  /// The data are not those that the row numbers were given for: paused.
  case dataChanged = "1a2e8dd0422c4f53a119d5db706b294a"
  /// A model's configuration, files or data cannot be used: paused.
  case modelUnusable = "98dc530127dc4d2fb7a2280f664cea85"
  /// The version that a model serves is not what was sealed: paused.
  case versionDamaged = "17497138d7ff435ca06c6926295dc551"
  /// Unlearning has cost more held-out accuracy than a model's budget allows: paused.
  case damageBudgetSpent = "9c1a8209f4dadf46eddc32ace958da5d"
  /// A replaced version, which still remembered what was forgotten, is gone.
  case versionPurged = "5b2f5d9c3c1e4f0f8a4c7be2f0d61a93"
  /// A version has to go, and somebody reads it.
  case purgeWaits = "c4e0a7d15f7b4b8e9d2a63f81b07c5ee"
  /// A person paused a model.
  case modelPaused = "d80d8e04aa22459fa5117d8be5a5ff8c"
  /// A model goes on.
  case modelUnpaused = "15b1f13d307447aaaed66fc403892fd9"
  /// Every tombstone was looked up in the new data.
  case modelRematched = "6cd8d0f0c2a24bdcb8890b17c4d1aa7c"
  /// A model is no longer configured.
  case modelRemoved = "c26c650850f5488795f330dc0f6dce53"
  /// A model went back to an earlier version; what was forgotten since is being forgotten again before it is served.
  case modelRolledBack = "b3237cf7fc8e560039c9f00b0df2f0b1"
  /// The same, and the version that still remembers is served at once.
  case rolledBackServed = "32f397b4bcf75a6fd832ca0a1a0bfb46"
  /// A version was made and is not served: requests of a rollback have still to be replayed.
  case versionHeldBack = "a82f99ea8fa0612d5403a5a7dda28594"
  /// Something about a model or its data will disappoint.
  case modelDisappoints = "a27de78bb9dc4a25b009dabe670dd9b6"

  /// Forgotten rows that are gone from the data show signs of return.
  case rowsReturned = "566e4886299148f1acaf426efd402657"
  /// Whether forgotten rows that are gone from the data are back cannot be judged.
  case returnNotJudged = "12818253e8ca4983bdb9d2199b199cbb"

  // Requests.
  /// A request is durable.
  case requestAccepted = "b3dd13d701c343ff870df701f6adf7bb"
  /// A manifest that was seen before with the same content.
  case requestKnown = "acc0d183dcfa4b28a9df17c84f571363"
  /// A manifest was refused.
  case requestRefused = "fd254edb642a457fa40b2aaf6989369e"
  /// A file that the daemon may not read was left where it is.
  case fileLeft = "44bb09b02e724528b538a05fe8a72a5c"
  /// A file was left in the spool for a later look.
  case fileDeferred = "d7dcccd731234c36bc4fe7a2558f6fac"
  /// A request is in a batch.
  case requestScheduled = "a5da67b9f5494e21b0b520e81f4a37b2"
  /// A request's batch is being unlearned.
  case requestUnlearning = "6318cb8c6ae64ad3adba5ac943fa6818"
  /// A request's rows are forgotten, measured on the published version.
  case requestForgotten = "1b9c2562214d42b3aeddb2b23c3b8f07"
  /// A request waits for a person.
  case requestHeld = "e608caa7d8f648008377e95398cb1935"
  /// A request's batch failed.
  case requestFailed = "bb758a14b6d941dcb792e48b17c7c9bd"
  /// A request was cancelled.
  case requestCancelled = "1306836b20994550a6e71807c7992e16"
  /// A request is accepted again.
  case requestReaccepted = "a9ef84a0436d4f77b8a2701bd6ea85ec"
  /// A person let a held request go on.
  case requestResumed = "dc4b74e0321e48e18184d7e6c6fa7161"
  /// A person let a request start over.
  case requestRetried = "ef3010055e3646189a22bc629aa6befa"
  /// A request waits and its deadline comes near.
  case deadlineNear = "3d86c7aa525b4f10b6fcc8b396679628"
  /// A request waits and its deadline has passed.
  case deadlinePassed = "7a7da6519da04d37a001dbc1a6c6806b"

  // Runs.
  /// The unlearning of a batch begins.
  case runBegan = "a8aaeeea67a04429a69f3a6bfe8708c6"
  /// The unlearning of a batch goes on from saved progress.
  case runResumed = "6cf99dac348147d19dff120fb297b6c8"
  /// Saved progress could not be used: the batch starts over.
  case progressUnusable = "b32ad077d4ca41e9ac41ca36af674f9f"
  /// A phase of a run begins.
  case phaseBegan = "5007b7e2346c4ec3bd14283cfed7463d"
  /// Figures of a step; said rarely.
  case stepTaken = "c7b5cc2d05724c9c997b51edf4e85598"
  /// The forget and held-out rows were measured.
  case measured = "1ed25c9389c94556bee2d01858fadaf5"
  /// Rows that stay are nearly the same as rows to forget.
  case nearDuplicates = "af051655677b44dd9eb694e6e2c0bf13"
  /// Forgetting more must cost what is kept.
  case hardnessBegan = "d84ee79bafb649b889f9f9e709ce5ff1"
  /// One request of a batch is hard by itself; the others go on.
  case requestSetAside = "9f12679c2dc146b888a1b1716ec79d8a"
  /// Forgetting more is free again.
  case hardnessEnded = "620a7955d1134b38bc932739bca876b4"
  /// Most of the retain budget is spent.
  case budgetNear = "079e8fce41234e369747894f8f58f19f"
  /// The target band was jumped over; the run goes back.
  case overshot = "5e20f84b19eb461a8aaba319fc16f86b"
  /// A loss or gradient was not finite; the run goes back.
  case notFinite = "33ba0f7390f541e88690b937b0cec1b4"
  /// A run's progress is on disk.
  case progressSaved = "67f03af518694d7599a05c8e896e01c8"
  /// A run's progress could not be saved.
  case progressNotSaved = "d26df48293f34126b157213131d68e72"
  /// The data changed while a run read them: it stops.
  case dataChangedInRun = "de933f92a9eb4a3aa8c1a2c0ded88721"
  /// Rounding to the file's types lost the target; the run goes on.
  case roundingLost = "d8fa86091c5b4672bacb6e74c37ac18a"
  /// A run stops in the middle: with the service, for a pause, or because its data changed.
  case runInterrupted = "d37a7b62682c446297c09ba3762cb19d"
  /// A new version is current.
  case versionPublished = "bb2fa91ad4bc499597e5ef0ceecf7db9"

  /// 128 bits as 32 hexadecimal digits.
  package var messageID: String { rawValue }

  package var priority: Journal.Priority {
    switch self {
    case .startRefused, .blasCheckFailed, .lowDisk, .workSilent, .versionDamaged, .rolledBackServed, .restoredBackup,
      .damageBudgetSpent:
      .critical
    case .configurationRejected, .ledgerTrouble, .trouble, .receiptNotWritten, .modelUnusable, .requestFailed: .error
    case .receiptsUnreadable, .dataChanged, .modelRemoved, .modelRolledBack, .modelDisappoints, .fileLeft, .requestHeld,
      .deadlineNear, .deadlinePassed, .progressUnusable, .purgeWaits, .nearDuplicates, .hardnessBegan,
      .requestSetAside, .budgetNear, .notFinite, .progressNotSaved, .dataChangedInRun,
      .rowsReturned:
      .warning
    case .ready, .reloaded, .recovered, .ledgerMigrated, .signingKey, .diskRecovered, .commandRefused, .stopped,
      .firstVersion, .versionPurged,
      .modelImported, .modelPaused, .modelUnpaused, .modelRematched, .requestRefused, .requestForgotten,
      .requestCancelled, .requestReaccepted, .requestResumed, .requestRetried, .runResumed, .hardnessEnded,
      .overshot, .roundingLost, .runInterrupted, .versionPublished, .versionHeldBack, .restoreSettled,
      .returnNotJudged:
      .notice
    case .progressSaved: .debug
    case .started, .stopping, .modelLoaded, .requestAccepted, .requestKnown, .fileDeferred, .requestScheduled,
      .requestUnlearning, .runBegan, .phaseBegan, .stepTaken, .measured:
      .info
    }
  }
}
