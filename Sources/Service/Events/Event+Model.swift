import Platform

// Models, their data and their versions.
extension Event {
  package static func modelLoaded(_ model: String, version: Int, parameters: Int, rows: Int, heldout: Int) -> Event {
    Event(
      .modelLoaded,
      "Model \(model) open at version \(version): \(parameters) parameters, \(rows) training rows, \(heldout) held-out rows",
      .of(model: model) { $0.add(.version, version) })
  }

  package static func firstVersion(_ model: String, version: Int, _ first: FirstVersion) -> Event {
    let what =
      switch first {
      case .copied(let directory): "\(directory) was copied as version \(version)"
      case .served: "the ledger knew no version of it; version \(version), which is served, is its first"
      }
    return Event(.firstVersion, "Model \(model): \(what)", .of(model: model) { $0.add(.version, version) })
  }

  /// - Parameters:
  ///   - settled: tombstones whose rows are not in the new model's training data.
  ///   - reaccepted: requests whose rows are, so that they are accepted again.
  package static func modelImported(_ model: String, version: Int, settled: Int, reaccepted: Int) -> Event {
    Event(
      .modelImported,
      "Model \(model): a retrained model was imported as version \(version);"
        + " \(NumberText.count(settled, "forgotten row")) settled, \(NumberText.count(reaccepted, "request")) accepted again",
      .of(model: model) { $0.add(.version, version) })
  }

  /// - Parameters:
  ///   - requests: served since, accepted again, and the rows that they named together.
  ///   - serving: what is served until they were served again; nil where the version that remembers is served at once.
  package static func modelRolledBack(
    _ model: String, to version: Int, again requests: (ids: [String], rows: Int), serving: Int?, by uid: UInt32
  ) -> Event {
    let again =
      "user \(uid) let model \(model) go back to version \(version), which still remembers"
      + " \(NumberText.count(requests.rows, "forgotten row")); \(NumberText.count(requests.ids.count, "request")) accepted again"
    let fields = EventFields.of(model: model) {
      $0.add(.version, version)
      $0.add(requests: requests.ids)
    }
    if let serving {
      return Event(
        .modelRolledBack, "Rollback: \(again); version \(serving) goes on being served until they were served", fields)
    }
    let what = requests.ids.isEmpty ? "it is served from now on" : "IT IS SERVED NOW, before they are forgotten again"
    return Event(requests.ids.isEmpty ? .modelRolledBack : .rolledBackServed, "Rollback: \(again); \(what)", fields)
  }

  package static func versionHeldBack(_ model: String, version: Int, serving: Int?, owed: [String]) -> Event {
    let served = serving.map { "version \($0) goes on being served" } ?? "nothing is served"
    return Event(
      .versionHeldBack,
      "Version \(version) of model \(model) was made and is not served:"
        + " \(NumberText.count(owed.count, "request")) to be served again first; \(served)",
      .of(model: model) {
        $0.add(.version, version)
        $0.add(requests: owed)
      })
  }

  package static func dataChanged(_ model: String, _ detail: String, waiting: Int) -> Event {
    Event(
      .dataChanged,
      "Model \(model) paused, \(NumberText.count(waiting, "request")) waiting: its data changed (\(detail));"
        + " row numbers mean nothing in other data until hamuctl rematch \(model) or hamuctl import \(model) DIR",
      .of(model: model) { $0.add(.reason, "data_changed") })
  }

  package static func modelUnusable(_ model: String, _ detail: String) -> Event {
    Event(
      .modelUnusable, "Model \(model) paused, its requests wait: \(detail)",
      .of(model: model) { $0.add(.reason, "unusable") })
  }

  /// - Parameter detail: which file of which version, what was expected and found, and the mend.
  package static func versionDamaged(_ model: String, version: Int?, _ detail: String, waiting: Int) -> Event {
    Event(
      .versionDamaged,
      "Model \(model) paused, \(NumberText.count(waiting, "request")) waiting: what is served as its current version is damaged"
        + " and nothing is built upon it: \(detail); hamuctl verify \(model) lists everything",
      .of(model: model) {
        $0.add(.reason, "damaged")
        $0.add(.version, version)
      })
  }

  /// - Parameter detail: by how much, and the mend.
  package static func damageBudgetSpent(_ model: String, version: Int?, _ detail: String, waiting: Int) -> Event {
    Event(
      .damageBudgetSpent, "Model \(model) paused, \(NumberText.count(waiting, "request")) waiting: \(detail)",
      .of(model: model) {
        $0.add(.reason, "damage_budget")
        $0.add(.version, version)
      })
  }

  /// - Parameters:
  ///   - remembered: forgotten rows that it still remembered.
  ///   - requests: whose rows these were: their receipts say so now.
  package static func versionPurged(
    _ model: String, version: Int, remembered: Int, requests: [String], _ left: PurgeRemains
  ) -> Event {
    let linked =
      left.linked == 0
      ? ""
      : "; \(NumberText.count(left.linked, "file")) of it had another name elsewhere, where what was forgotten is still"
        + " remembered: find out who linked to it"
    let again = left.returned ? " again: somebody had brought it back, find out who" : ""
    let event = Event(
      .versionPurged,
      "Model \(model): version \(version) purged\(again), \(NumberText.bytes(left.bytes)) freed; it still remembered"
        + " \(NumberText.count(remembered, "forgotten row")), and the receipts of"
        + " \(NumberText.count(requests.count, "request")) say that it is gone\(linked)",
      .of(model: model) {
        $0.add(.version, version)
        $0.add(requests: requests)
      })
    return left.linked > 0 || left.returned ? event.at(.warning) : event
  }

  /// - Parameter holders: processes that hold a lease, as far as they can be seen.
  package static func purgeWaits(_ model: String, version: Int, remembered: Int, holders: [String]) -> Event {
    let who =
      holders.isEmpty
      ? "a reader holds a lease on it (hamuctl purge \(model) says who)"
      : "it is leased by \(holders.count == 1 ? "process" : "the processes") \(holders.joined(separator: ", "))"
    return Event(
      .purgeWaits,
      "Model \(model): version \(version) has to go and still remembers \(NumberText.count(remembered, "forgotten row")), and"
        + " \(who); let them load the current version, or hamuctl purge \(model) --despite-readers",
      .of(model: model) { $0.add(.version, version) })
  }

  package static func modelPaused(_ model: String, by uid: UInt32, waiting: Int) -> Event {
    Event(
      .modelPaused, "Model \(model) paused by user \(uid); \(NumberText.count(waiting, "request")) waiting",
      .of(model: model) { $0.add(.reason, "operator") })
  }

  package static func modelUnpaused(_ model: String, waiting: Int) -> Event {
    Event(
      .modelUnpaused, "Model \(model) goes on; \(NumberText.count(waiting, "request")) waiting", .of(model: model))
  }

  package static func modelRematched(_ model: String, same: Int, moved: Int, gone: Int) -> Event {
    Event(
      .modelRematched,
      "Model \(model): of its forgotten rows \(same) are where they were in the new data, \(moved) moved, \(gone) are gone",
      .of(model: model))
  }

  package static func modelRemoved(_ model: String, held: Int) -> Event {
    Event(
      .modelRemoved, "Model \(model) is no longer configured; \(NumberText.count(held, "request")) held",
      .of(model: model) { $0.add(.reason, "no_model") })
  }

  package static func modelDisappoints(_ model: String, _ detail: String) -> Event {
    Event(.modelDisappoints, "Model \(model), ignored: \(detail)", .of(model: model))
  }
}
