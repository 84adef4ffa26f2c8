package import Platform

/// What was said lately, and of whom or what: for entries that others can bring about as often as they like. The journal is not
/// theirs to fill, and drops a service's other entries too when it says too much.
package struct SaidLately<Key: Hashable & Sendable>: Sendable {
  private let quiet: Duration
  private var said: [Key: MonotonicInstant] = [:]

  /// - Parameter quiet: for so long the same is not said again.
  package init(for quiet: Duration = .seconds(3600)) { self.quiet = quiet }

  /// - Returns: whether it is to be said now; it is taken for said then.
  package mutating func isNew(_ key: Key, at now: MonotonicInstant) -> Bool {
    // What may be said again is forgotten, so that this stays as small as it is quiet.
    said = said.filter { now - $0.value < quiet }
    guard said[key] == nil else { return false }
    said[key] = now
    return true
  }

  package var count: Int { said.count }
}
