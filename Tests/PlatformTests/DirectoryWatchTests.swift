import Glibc
import Platform
import Testing

@Suite(.timeLimit(.minutes(20))) struct DirectoryWatchTests {
  @Test func closedAndMovedFiles_areSeen() async throws {
    let (folder, other) = (Folder(), Folder())
    let watch = try DirectoryWatch(path: folder.path)
    folder.put("a.yaml", "x")
    other.put("b", "y")
    rename(other.file("b"), folder.file("b.yaml"))
    var hints = watch.hints.makeAsyncIterator()
    #expect(await hints.next() == .appeared("a.yaml"))
    #expect(await hints.next() == .closed("a.yaml"))
    #expect(await hints.next() == .movedIn("b.yaml"))
  }

  @Test func hint_thatComesWhileSomebodyWaits_wakesHim() async throws {
    let folder = Folder()
    let watch = try DirectoryWatch(path: folder.path)
    let first = Task { await watch.hints.first { $0 != .appeared("a") } }
    await Task.yield()
    folder.put("a", "x")
    #expect(await first.value == .closed("a"))
  }

  @Test func whatNobodyWillClose_isSeenToo() async throws {
    let folder = Folder()
    let watch = try DirectoryWatch(path: folder.path)
    symlink("/nowhere", folder.file("link.yaml"))
    let first = await watch.hints.first { _ in true }
    #expect(first == .appeared("link.yaml"))
  }

  @Test func removedDirectory_endsTheHints() async throws {
    let folder = Folder()
    let watch = try DirectoryWatch(path: folder.path)
    try DurableDirectory.removeTree(folder.path)
    var last: DirectoryHint?
    for await hint in watch.hints { last = hint }
    #expect(last == .gone)
  }

  @Test func cancellation_endsTheWait() async throws {
    let folder = Folder()
    let watch = try DirectoryWatch(path: folder.path)
    let waiting = Task { await watch.hints.first { _ in true } }
    await Task.yield()
    waiting.cancel()
    #expect(await waiting.value == nil)
  }

  @Test func flood_thatTheKernelCannotHold_isSaidToHaveOverflowed() async throws {
    guard let limit = (try? DataFile.read("/proc/sys/fs/inotify/max_queued_events", limit: 99)),
      let events = Int(String(decoding: limit, as: UTF8.self).split(separator: "\n").first ?? ""), events <= 100_000
    else { return print("SKIPPED: overflow of the watch (its queue is too long to fill)") }
    let folder = Folder()
    let watch = try DirectoryWatch(path: folder.path)
    // Two names in turn, since the kernel merges equal neighbours.
    for round in 0..<(events + 10) { close(open(folder.file(round % 2 == 0 ? "a" : "b"), O_CREAT | O_WRONLY, 0o644)) }
    let overflowed = await watch.hints.contains(.overflow)
    #expect(overflowed)
  }

  @Test func whatIsNoDirectory_cannotBeWatched() {
    let folder = Folder()
    let error = failure { () throws(PlatformError) in _ = try DirectoryWatch(path: folder.put("a", "x")) }
    #expect(error?.code == .notADirectory)
  }

  @Test func parse_ofCutOffBytes_stopsWithoutReadingPastThem() {
    var event = [UInt8](repeating: 0, count: 16)
    event[4] = 8
    event[12] = 200
    #expect(event.withUnsafeBytes(DirectoryWatch.parse) == [.closed("")])
    #expect(event.prefix(15).withUnsafeBytes { DirectoryWatch.parse($0) }.isEmpty)
  }
}
