import Service
import Synchronization

/// Keeps what was posted: for tests of those who report.
final class EventLog: EventSink {
  private let posted = Mutex<[Event]>([])

  func post(_ event: Event) { posted.withLock { $0.append(event) } }

  var events: [Event] { posted.withLock { $0 } }
}
