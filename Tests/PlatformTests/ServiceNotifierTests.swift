import Platform
import Testing

@Suite struct ServiceNotifierTests {
  private func notifier(_ environment: [String: String]) -> ServiceNotifier {
    ServiceNotifier(environment: { environment[$0] }, process: 42)
  }

  @Test func everyMessage_isOneDatagramOfAssignments() throws {
    let folder = Folder()
    let receiver = try #require(DatagramReceiver(folder.file("notify")))
    let notifier = notifier(["NOTIFY_SOCKET": folder.file("notify")])
    #expect(notifier.isSupervised)
    try notifier.ready(status: "waiting\nfor\r\nwork")
    #expect(receiver.nextText() == "READY=1\nSTATUS=waiting for work\n")
    try notifier.status("batch 3")
    #expect(receiver.nextText() == "STATUS=batch 3\n")
    try notifier.stopping()
    #expect(receiver.nextText() == "STOPPING=1\n")
    try notifier.feedWatchdog()
    #expect(receiver.nextText() == "WATCHDOG=1\n")
    try notifier.extendTimeout(by: .seconds(2))
    #expect(receiver.nextText() == "EXTEND_TIMEOUT_USEC=2000000\n")
    try notifier.mainProcess(7)
    #expect(receiver.nextText() == "MAINPID=7\n")
    try notifier.failed(78, status: "bad configuration")
    #expect(receiver.nextText() == "ERRNO=78\nSTATUS=bad configuration\n")
    try notifier.reloading()
    let reload = receiver.nextText()?.split(separator: "\n") ?? []
    #expect(reload.first == "RELOADING=1" && reload.last?.hasPrefix("MONOTONIC_USEC=") == true)
    #expect(receiver.next() == nil)
  }

  @Test func abstractSocket_isReachedToo() throws {
    let name = "@hamud-test-" + hexadecimal(randomBytes(8))
    let receiver = try #require(DatagramReceiver(name))
    try notifier(["NOTIFY_SOCKET": name]).ready()
    #expect(receiver.nextText() == "READY=1\n")
  }

  @Test func withoutASocket_everythingIsSilent() throws {
    let notifier = notifier([:])
    try notifier.ready()
    try notifier.feedWatchdog()
    #expect(!notifier.isSupervised && notifier.watchdogInterval == nil)
  }

  @Test func whenNobodyListens_theErrorSaysWhere() {
    let folder = Folder()
    let error = failure { () throws(PlatformError) in
      try notifier(["NOTIFY_SOCKET": folder.file("none")]).ready()
    }
    #expect(error?.code == .noSuchFile && error?.path == folder.file("none"))
  }

  @Test func watchdog_isOnlyOfTheProcessThatIsNamed() {
    #expect(notifier(["WATCHDOG_USEC": "3000000"]).watchdogInterval == .seconds(3))
    #expect(notifier(["WATCHDOG_USEC": "3000000", "WATCHDOG_PID": "42"]).watchdogInterval == .seconds(3))
    #expect(notifier(["WATCHDOG_USEC": "3000000", "WATCHDOG_PID": "43"]).watchdogInterval == nil)
    #expect(notifier(["WATCHDOG_USEC": "soon"]).watchdogInterval == nil)
  }
}
