package import Ledger
package import Platform
package import Requests

/// What the ledger holds, in the JSON that `--json` prints: the same from the daemon and, when it is down, from the file.
package struct LedgerView {
  private let ledger: Ledger

  package init(_ ledger: Ledger) { self.ledger = ledger }

  package func list(state: RequestState?, model: String?, submitter: UInt32? = nil) throws(LedgerError) -> JSONValue {
    let filter = RequestFilter(states: state.map { [$0] }, model: model, submitter: submitter)
    return .array(
      try ledger.requests(filter).map {
        .present([
          "request": JSONValue($0.id.text), "state": JSONValue($0.state.rawValue), "model": JSONValue($0.model),
          "version": $0.version.map { JSONValue($0) }, "rows": JSONValue($0.rows),
          "accepted_at": JSONValue($0.acceptedAt.rfc3339()),
        ])
      })
  }

  /// The public keys, the one in use first, and the file that holds them.
  package func keys() throws(LedgerError) -> JSONValue {
    let keys = try ledger.signingKeys()
    return [
      "keys": .array(keys.map { ["id": JSONValue($0.id), "key": JSONValue($0.description)] }),
      "pem": JSONValue(Keyring.text(of: keys)),
    ]
  }

  private static let owedNamed = 10

  package func receipt(_ id: RequestID) throws(LedgerError) -> JSONValue {
    guard let receipt = try ledger.receipt(for: id) else { throw .unknownRequest(id) }
    return receipt.json
  }

  /// - Parameters:
  ///   - names: the configured models.
  ///   - opening: those that are not open yet.
  package func status(
    daemon: String, leftAlone: Int, models names: [String], opening: Set<String> = [], running: LiveRun.Figures?
  ) throws(LedgerError) -> JSONValue {
    var models: [JSONValue] = []
    for name in names {
      let record = try ledger.model(name)
      let owed = try ledger.owedRequests(of: name)
      var named: [JSONValue] = []
      for id in owed.prefix(Self.owedNamed) {
        let state = try ledger.request(id)?.state.rawValue
        named.append(["request": JSONValue(id.text), "state": state.map { JSONValue($0) } ?? .null])
      }
      let pauses = (record?.pauses.map(\.reason.rawValue) ?? []) + (opening.contains(name) ? ["opening"] : [])
      models.append([
        "model": JSONValue(name), "version": record?.serving.map { JSONValue($0) } ?? .null,
        "paused": pauses.isEmpty ? .null : JSONValue(pauses.joined(separator: ", ")),
        "owed": JSONValue(owed.count),
        "owed_requests": .array(named),
      ])
    }
    let end = try ledger.chainEnd()
    return [
      "daemon": JSONValue(daemon),
      "requests": .object(try ledger.counts().map { .init($0.state.rawValue, JSONValue($0.count)) }),
      "audit": ["entries": .integer(end.entries), "head": JSONValue(end.head.description)],
      "left_alone": JSONValue(leftAlone), "models": .array(models), "running": running?.json ?? .null,
    ]
  }

  /// - Parameter retention: of the models that are configured; others' versions have no due date.
  package func versions(
    model: String?, retention: [String: ModelSettings.Retention], at now: Timestamp
  ) throws(LedgerError) -> JSONValue {
    var entries: [JSONValue] = []
    for record in try ledger.models() where model == nil || record.name == model {
      for version in try ledger.versions(of: record.name) {
        let isLeft = version.purgedAt == nil
        let due = retention[record.name].flatMap { rule in
          isLeft ? version.replacement?.purgeDue(keep: rule.keep, after: rule.purgeAfter, at: now) : nil
        }
        entries.append(
          .present([
            "model": JSONValue(record.name), "version": JSONValue(version.number),
            "current": JSONValue(version.number == record.serving),
            "origin": JSONValue(version.origin.rawValue), "parent": version.parent.map { JSONValue($0) },
            "batch": version.batch.map { JSONValue($0) }, "published_at": JSONValue(version.publishedAt.rfc3339()),
            "replaced_at": version.replacement.map { JSONValue($0.at.rfc3339()) },
            "heldout_fall": version.heldoutFall.map { JSONValue($0) },
            "still_remembers": JSONValue(isLeft ? version.rememberedRows : 0),
            "purge_due": due.map { JSONValue($0.rfc3339()) },
            "purge_waits": isLeft && version.purgeBeganAt != nil ? true : nil,
            "purged_at": version.purgedAt.map { JSONValue($0.rfc3339()) },
            "record": JSONValue(version.record.description),
          ]))
      }
    }
    if let model, entries.isEmpty, try ledger.model(model) == nil { throw .unknownModel(model) }
    return .array(entries)
  }
}

extension LiveRun.Figures {
  /// The `running` of `status --json`: every key, null where nothing is known yet.
  var json: JSONValue {
    func number(_ value: Double?) -> JSONValue { value.map { JSONValue($0) } ?? .null }
    return [
      "model": JSONValue(model), "batch": JSONValue(batch), "step": JSONValue(step),
      "steps_at_most": JSONValue(stepsAtMost), "forget_loss": number(forgetLoss), "retain_loss": number(retainLoss),
      "kappa": number(kappa), "quota": number(quota), "least_cost": number(leastCost),
      "retain_cost": number(retainCost),
    ]
  }
}
