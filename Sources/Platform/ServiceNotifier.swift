import CSystemd
import Glibc

/// What a service of `Type=notify` says to systemd (sd_notify(3): one datagram of `KEY=value` lines). Without a
/// `NOTIFY_SOCKET` in the environment every call does nothing, so that the daemon runs in a terminal too.
///
/// Written here rather than through `sd_notify`, which takes its address from the environment at every call and so can be
/// neither tested nor told that the environment was changed.
package struct ServiceNotifier: Sendable {
  private let socket: String?
  /// How often systemd wants to hear from the service, by `WatchdogSec=`; feed it at half of this. Absent: not watched.
  package let watchdogInterval: Duration?

  package init() {
    self.init(environment: { ProcessControl.environment($0) }, process: ProcessControl.identifier)
  }

  /// - Parameter process: whose watchdog it is; systemd names the process in `WATCHDOG_PID`.
  package init(environment: (String) -> String?, process: Int32) {
    socket = environment("NOTIFY_SOCKET")
    let watched = environment("WATCHDOG_PID").map { Int32($0) == process } ?? true
    watchdogInterval = watched ? environment("WATCHDOG_USEC").flatMap { Int64($0) }.map { .microseconds($0) } : nil
  }

  package var isSupervised: Bool { socket != nil }

  package func ready(status: String? = nil) throws(PlatformError) { try send([("READY", "1")] + line(status)) }

  /// Followed by `ready` when the new configuration is in force. Carries the time, which `Type=notify-reload` asks for.
  package func reloading() throws(PlatformError) {
    let now = nanoseconds(system_clock_gettime(CLOCK_MONOTONIC)) / 1000
    try send([("RELOADING", "1"), ("MONOTONIC_USEC", String(now))])
  }

  package func stopping(status: String? = nil) throws(PlatformError) { try send([("STOPPING", "1")] + line(status)) }

  /// The line that `systemctl status` shows.
  package func status(_ text: String) throws(PlatformError) { try send(line(text)) }

  package func feedWatchdog() throws(PlatformError) { try send([("WATCHDOG", "1")]) }

  /// Asks for this much more time for the start, the reload or the stop that is under way.
  package func extendTimeout(by time: Duration) throws(PlatformError) {
    try send([("EXTEND_TIMEOUT_USEC", String(time.wholeNanoseconds / 1000))])
  }

  package func mainProcess(_ process: Int32) throws(PlatformError) { try send([("MAINPID", String(process))]) }

  /// Why a start or a run ends: a number of sysexits, and words for the status line.
  package func failed(_ code: Int32, status: String) throws(PlatformError) {
    try send([("ERRNO", String(code))] + line(status))
  }

  /// A line break would begin another assignment.
  private func line(_ status: String?) -> [(String, String)] {
    guard let status else { return [] }
    return [("STATUS", String(status.map { $0.isNewline ? " " : $0 }))]
  }

  private func send(_ assignments: [(String, String)]) throws(PlatformError) {
    guard let socket else { return }
    let text = assignments.map { "\($0.0)=\($0.1)\n" }.joined()
    try attempt("notify", socket) { () throws(Errno) in
      let datagram = Descriptor(owning: try system_socket(SOCK_DGRAM))
      // systemd reads at once; should it hang, the service goes on without having told it.
      try system_setSendTimeout(datagram.number, 5)
      try system_connect(datagram.number, UnixAddress(notation: socket))
      _ = try system_send(datagram.number, Array(text.utf8)[...])
    }
  }
}
