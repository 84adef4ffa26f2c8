import Ledger
import Platform
package import Requests

/// Answers commands that only read when no daemon runs: from the ledger's file and the configuration.
package struct OfflineReader {
  private let places: Places

  package init(places: Places) { self.places = places }

  package func status() throws(ControlError) -> JSONValue {
    let configuration = try configuration()
    guard try exists() else {
      return [
        "daemon": "stopped", "requests": [:], "left_alone": 0,
        "models": .array(configuration.modelNames.map { ["model": JSONValue($0), "version": nil, "paused": nil] }),
        "running": nil,
      ]
    }
    return try view { view throws(LedgerError) in
      try view.status(daemon: "stopped", leftAlone: leftAlone, models: configuration.modelNames, running: nil)
    }
  }

  package func list(state: RequestState?, model: String?) throws(ControlError) -> JSONValue {
    guard try exists() else { return [] }
    return try view { view throws(LedgerError) in try view.list(state: state, model: model) }
  }

  package func show(id: String) throws(ControlError) -> JSONValue {
    guard try exists(), let id = RequestID(id) else {
      throw ControlError(.unknownRequest, "there is no request \(id); see hamuctl list")
    }
    return try view { view throws(LedgerError) in try view.receipt(id) }
  }

  package func versions(model: String?) throws(ControlError) -> JSONValue {
    guard try exists() else { return [] }
    let retention = Dictionary(uniqueKeysWithValues: try configuration().models.map { ($0.name, $0.retention) })
    return try view { view throws(LedgerError) in
      try view.versions(model: model, retention: retention, at: WallClock.now)
    }
  }

  package func keys() throws(ControlError) -> JSONValue {
    guard try exists() else { return ["keys": [], "pem": ""] }
    return try view { view throws(LedgerError) in try view.keys() }
  }

  package func check() throws(ControlError) -> JSONValue {
    let records = try exists() ? try read { ledger throws(LedgerError) in try ledger.models() } : []
    return Checker(places: places, records: records).check(by: "itself")
  }

  /// Files of the spool that are no manifests; none where the spool cannot be listed.
  private var leftAlone: Int {
    let names = (try? DurableDirectory.fileNames(places.incoming)) ?? []
    return names.filter { !SpoolScanner.isManifestName($0) }.count
  }

  private func configuration() throws(ControlError) -> Configuration {
    do {
      return try ConfigurationLoader.load(places)
    } catch {
      throw ControlError(.configuration, error.description)
    }
  }

  private func exists() throws(ControlError) -> Bool {
    do {
      return try FileStatus.ifPresent(places.ledger) != nil
    } catch {
      throw ControlError(.notAllowed, "\(error)")
    }
  }

  private func view(_ body: (LedgerView) throws(LedgerError) -> JSONValue) throws(ControlError) -> JSONValue {
    try read { ledger throws(LedgerError) in try body(LedgerView(ledger)) }
  }

  private func read<Answer>(_ body: (Ledger) throws(LedgerError) -> Answer) throws(ControlError) -> Answer {
    do throws(LedgerError) {
      let ledger = try Ledger(readOnly: places.ledger)
      let answer = try body(ledger)
      try ledger.close()
      return answer
    } catch {
      throw ControlError(error)
    }
  }
}
