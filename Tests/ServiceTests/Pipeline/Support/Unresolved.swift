import Ledger
import Platform
import Requests
import Service

// Requests whose rows nobody has looked up, in houses in which nothing looks but the test (`looks: false`).
extension Household {
  /// As at a start; then everything is open, and nothing was looked at.
  func openModels() async {
    await pipeline.prepareToOpen()
    await pipeline.openModels()
  }

  /// Takes a request in as one whose model cannot be looked at for now.
  /// - Parameters:
  ///   - countedFor: nil: its submitter.
  ///   - isConfigured: false: its model was configured once, so that the request is held.
  func acceptUnresolved(
    _ text: String, by submitter: Submitter = Submitter(uid: Accounts.effectiveUser, name: "me"),
    countedFor: UInt32? = nil, isConfigured: Bool = true, at now: Timestamp = WallClock.now
  ) throws {
    let bytes = Array(text.utf8)
    let submission = Submission(
      manifest: try Manifest.parse(bytes, fileStem: "request"), bytes: bytes, submitter: submitter,
      countedFor: countedFor, receivedAt: now, resolution: nil, awaitsModel: isConfigured)
    guard case .accepted = try ledger.accept(submission, quotas: .none, at: now) else {
      throw Missing(what: "a request that was accepted: \(text)")
    }
  }

  func record(_ id: String) throws -> RequestRecord {
    guard let record = try RequestID(id).flatMap({ try ledger.request($0) }) else {
      throw Missing(what: "request \(id)")
    }
    return record
  }
}

extension HandClock {
  /// Clocks by which every question how late it is takes a while.
  func clocks(passing step: Duration) -> Clocks {
    let clocks = clocks
    return Clocks(
      wall: clocks.wall,
      monotonic: {
        self.pass(step)
        return clocks.monotonic()
      })
  }
}
