import Platform

/// The daemon's settings: `hamud.yaml`. Every key has a default, and the file may be absent.
package struct Settings: Equatable, Sendable {
  /// Compute threads; 0: every core that the service may use.
  package var threads = 0
  /// How often the spool is scanned when no hint came.
  package var scanInterval: Duration = .seconds(60)
  package var quotas = Quotas()
  /// Share of the file system, 0 to 1, below which no run starts.
  package var lowDisk = 0.1
  package var keep = Keep()

  package init() {}

  /// Threads that compute.
  package var workers: Int { threads > 0 ? threads : AvailableCores.count() }

  /// For each submitting user and day; 0: none.
  package struct Quotas: Equatable, Sendable {
    package var requestsPerDay = 1000
    package var rowsPerDay = 100_000

    package init() {}
  }

  /// How long after the end of a request.
  package struct Keep: Equatable, Sendable {
    package var receipts: Duration = .days(3 * 365)
    /// Manifests, and with them the names of subjects in the ledger.
    package var manifests: Duration = .days(30)

    package init() {}
  }
}

extension Duration {
  static func days(_ count: Int64) -> Duration { .seconds(count * 86_400) }
}
