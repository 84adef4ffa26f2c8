/// A request to look again. Watcher, timers, signals and commands ring; whoever answers looks at everything.
///
/// Rings that arrive before the last one was answered collapse into it: what matters is the state that the look
/// finds, never how often it was announced (an inotify event is a hint, a directory scan is the truth).
package struct Doorbell: Sendable {
  package let rings: AsyncStream<Void>
  private let continuation: AsyncStream<Void>.Continuation

  package init() {
    (rings, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
  }

  package func ring() { continuation.yield() }

  /// Nobody will answer any more; the loop over `rings` ends.
  package func close() { continuation.finish() }
}
