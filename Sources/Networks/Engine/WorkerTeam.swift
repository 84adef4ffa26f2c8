/// A fixed set of workers that run one closure together.
package final class WorkerTeam: Sendable {
  package let count: Int

  package init(count: Int) {
    self.count = max(1, count)
  }

  /// Runs `body(worker)` for every worker in 0 ..< count and returns when all have ended.
  package func run(_ body: @Sendable (Int) -> Void) {
    for worker in 0..<count { body(worker) }
  }
}
