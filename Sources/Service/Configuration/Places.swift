/// Where everything is, below one root.
///
/// The layout is a contract with people and scripts (they drop files here and follow `current`), so every path is
/// spelled in this file and nowhere else. With the root `/` these are the places of an installed service; with any
/// other root the same tree hangs below it, which is how tests, the demo and a try-out without root run.
package struct Places: Sendable, Equatable {
  /// The directory all places hang below, without a trailing slash; empty for `/`.
  package let prefix: String
  /// Whether this is a private tree: users, groups and ACLs are then left as they are.
  package let isPrivate: Bool

  /// - Parameters:
  ///   - root: a directory, or nil for the installed service's own places.
  ///   - isPrivate: nil: every tree but the installed service's is.
  package init(root: String?, isPrivate: Bool? = nil) {
    guard let root else {
      prefix = ""
      self.isPrivate = isPrivate ?? false
      return
    }
    var trimmed = Substring(root)
    while trimmed.hasSuffix("/") { trimmed = trimmed.dropLast() }
    prefix = String(trimmed)
    self.isPrivate = isPrivate ?? !trimmed.isEmpty
  }

  /// What to show for the root in a message.
  package var root: String { prefix.isEmpty ? "/" : prefix }

  package var configuration: String { prefix + "/etc/hamud" }
  package var settingsFile: String { configuration + "/hamud.yaml" }
  package var modelSettings: String { configuration + "/models.d" }

  package var spool: String { prefix + "/var/spool/hamud" }
  package var incoming: String { spool + "/incoming" }
  package var accepted: String { spool + "/accepted" }
  package var rejected: String { spool + "/rejected" }
  package var receipts: String { spool + "/receipts" }
  package func acceptedManifest(_ id: String) -> String { accepted + "/" + id + ".yaml" }
  package func receipt(_ id: String) -> String { receipts + "/" + id + ".yaml" }

  /// The copy of the audit chain's head, apart from the ledger: whoever brings back an older /var/lib/hamud leaves it.
  package var headCopy: String { spool + "/head.json" }

  package var state: String { prefix + "/var/lib/hamud" }
  package var ledger: String { state + "/ledger.sqlite" }
  /// The private key, unless systemd hands one over.
  package var signingKey: String { state + "/hamud.key" }
  /// Every public key that signed, the one in use first.
  package var publicKeys: String { state + "/hamud.pub" }
  package var models: String { state + "/models" }
  package func model(_ name: String) -> String { models + "/" + name }
  package var runningMark: String { state + "/running" }
  /// Stands in a backup from its first file to its last: what holds it is no whole copy.
  package var unfinishedBackup: String { state + "/unfinished-backup" }

  package var runtime: String { prefix + "/run/hamud" }
  package var lock: String { runtime + "/lock" }
  package var control: String { runtime + "/control" }
}
