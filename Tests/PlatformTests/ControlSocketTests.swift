import Glibc
import Platform
import Testing

@Suite(.timeLimit(.minutes(20))) struct ControlSocketTests {
  @Test func lines_goBothWays_andThePeerIsKnown() async throws {
    let folder = Folder()
    let socket = try ControlSocket(path: folder.file("run/control"))
    #expect(try FileStatus.of(folder.file("run")).mode == 0o755)
    #expect(try FileStatus.of(folder.file("run/control")).mode == 0o666)
    let client = try await ControlConnection.connect(folder.file("run/control"))
    let server = try #require(try await socket.accept())
    try await client.writeLine("{\"ask\":1}")
    try await client.write(Array("second\nthi".utf8))
    #expect(try await server.readLine(limit: 100) == Array("{\"ask\":1}".utf8))
    #expect(try await server.readLine(limit: 100) == Array("second".utf8))
    try await client.write(Array("rd\n".utf8))
    #expect(try await server.readLine(limit: 100) == Array("third".utf8))
    try await server.writeLine("answer")
    server.finishWriting()
    #expect(try await client.readLine(limit: 100) == Array("answer".utf8))
    #expect(try await client.readLine(limit: 100) == nil)
    #expect(server.peer.uid == geteuid() && server.peer.gid == getegid() && server.peer.pid == getpid())
    #expect(server.peer.isMember(ofGroup: getegid()) && client.peer.pid == getpid())
    var groups = [gid_t](repeating: 0, count: 1000)
    let count = Int(getgroups(1000, &groups))
    #expect(server.peer.groups == groups.prefix(count).sorted())
  }

  @Test func path_longerThanASocketsMayBe_works() async throws {
    let folder = Folder()
    let directory = folder.file(String(repeating: "long-root-", count: 20))
    try DurableDirectory.make(directory)
    let path = Paths.join(directory, "control")
    #expect(path.utf8.count > 107)
    let socket = try ControlSocket(path: path)
    #expect(try FileStatus.of(path).mode == 0o666)
    let client = try await ControlConnection.connect(path)
    let server = try #require(try await socket.accept())
    try await client.writeLine("x")
    #expect(try await server.readLine(limit: 1) == [120])
    socket.close()
    #expect(try FileStatus.ifPresent(path) == nil)
  }

  @Test func staleSocket_isReplaced_butALivingOneIsNot() async throws {
    let folder = Folder()
    let path = folder.file("control")
    let living = try ControlSocket(path: path)
    let taken = failure { () throws(PlatformError) in _ = try ControlSocket(path: path) }
    #expect(taken?.code == .addressInUse)
    #expect(taken?.hint == "another daemon answers there; stop it first")
    // A daemon that was killed leaves the name: keep it beside while the socket closes.
    link(path, folder.file("kept"))
    living.close()
    rename(folder.file("kept"), path)
    #expect(try FileStatus.of(path).kind == .socket)
    let next = try ControlSocket(path: path)
    let client = try await ControlConnection.connect(path)
    #expect(try await next.accept() != nil)
    client.close()
  }

  @Test func whatIsNoSocket_isNotRemoved() {
    let folder = Folder()
    folder.put("control", "precious")
    let error = failure { () throws(PlatformError) in _ = try ControlSocket(path: folder.file("control")) }
    #expect(error?.cause == .unsuitable("something that is no socket has that name"))
    #expect(folder.text("control") == "precious")
  }

  @Test func connect_whenNoDaemonRuns_saysSo() async {
    let folder = Folder()
    let error = await failure { () async throws(PlatformError) in
      _ = try await ControlConnection.connect(folder.file("control"))
    }
    #expect(error?.code == .noSuchFile && error?.hint == "no daemon runs there: systemctl start hamud")
  }

  @Test func line_atTheLimit_andOnePastIt() async throws {
    let pair = try await Pair()
    try await pair.client.writeLine(String(repeating: "x", count: 10))
    #expect(try await pair.server.readLine(limit: 10)?.count == 10)
    try await pair.client.writeLine(String(repeating: "x", count: 11))
    let error = await failure { () async throws(PlatformError) in _ = try await pair.server.readLine(limit: 10) }
    #expect(error?.cause == .tooLarge(size: 11, limit: 10))
  }

  @Test func endlessLine_isCutOffAtTheLimit() async throws {
    let pair = try await Pair()
    let flood = Task { try? await pair.client.write([UInt8](repeating: 120, count: 10 << 20)) }
    let error = await failure { () async throws(PlatformError) in _ = try await pair.server.readLine(limit: 100_000) }
    guard case .tooLarge(let size, 100_000) = error?.cause else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(size < 300_000, "no more is kept than the limit and one read")
    pair.server.close()
    await flood.value
  }

  @Test func silentPeer_isGivenUpAfterTheTimeout() async throws {
    let pair = try await Pair()
    try await pair.client.write(Array("half a li".utf8))
    let error = await failure { () async throws(PlatformError) in
      _ = try await pair.server.readLine(limit: 100, timeout: .milliseconds(30))
    }
    #expect(error?.cause == .timedOut)
    // Nothing was lost: the rest completes the line.
    try await pair.client.write(Array("ne\n".utf8))
    #expect(try await pair.server.readLine(limit: 100) == Array("half a line".utf8))
  }

  @Test func peerThatReadsNothing_isGivenUpAfterTheTimeout() async throws {
    let pair = try await Pair()
    let error = await failure { () async throws(PlatformError) in
      try await pair.server.write([UInt8](repeating: 1, count: 8 << 20), timeout: .milliseconds(30))
    }
    #expect(error?.cause == .timedOut)
  }

  @Test func peerThatLeavesInMidLine_isAnErrorAndNotALine() async throws {
    let pair = try await Pair()
    try await pair.client.write(Array("half".utf8))
    pair.client.close()
    let error = await failure { () async throws(PlatformError) in _ = try await pair.server.readLine(limit: 100) }
    #expect(error?.cause == .closed)
    let write = await failure { () async throws(PlatformError) in try await pair.server.write([1]) }
    #expect(write?.cause == .closed, "and no signal ends the process")
  }

  @Test func rawBytes_followALine_inAnyAmount() async throws {
    let pair = try await Pair()
    let bytes = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 11) }
    let sender = Task {
      try await pair.client.writeLine("3000000")
      try await pair.client.write(bytes)
      pair.client.finishWriting()
    }
    #expect(try await pair.server.readLine(limit: 100) == Array("3000000".utf8))
    #expect(try await pair.server.readExactly(1_000_000) == Array(bytes.prefix(1_000_000)))
    #expect(try await pair.server.readExactly(2_000_000) == Array(bytes.suffix(2_000_000)))
    let error = await failure { () async throws(PlatformError) in _ = try await pair.server.readExactly(1) }
    #expect(error?.cause == .truncated(offset: 0, expected: 1, found: 0))
    try await sender.value
  }

  @Test func cancelledAccept_returns_andSoDoesOneOnAClosedSocket() async throws {
    let folder = Folder()
    let socket = try ControlSocket(path: folder.file("control"))
    let cancelled = Task { try await socket.accept() }
    cancelled.cancel()
    #expect(try await cancelled.value == nil)
    let closed = Task { try await socket.accept() }
    await Task.yield()
    socket.close()
    #expect(try await closed.value == nil)
  }

  @Test func manyWaitingConnections_holdNoThread() async throws {
    let folder = Folder()
    let socket = try ControlSocket(path: folder.file("control"))
    let server = Task {
      try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0..<100 {
          guard let connection = try await socket.accept() else { return }
          group.addTask {
            while let line = try await connection.readLine(limit: 100) { try await connection.write(line + [10]) }
          }
        }
        try await group.waitForAll()
      }
    }
    guard geteuid() == 0 else { return server.cancel() }  // Others have fewer seats.
    var clients: [ControlConnection] = []
    for _ in 0..<100 { clients.append(try await ControlConnection.connect(folder.file("control"))) }
    for (number, client) in clients.enumerated().reversed() {
      try await client.writeLine("\(number)")
      #expect(try await client.readLine(limit: 100) == Array("\(number)".utf8))
      client.close()
    }
    try await server.value
  }

  /// Two ends of one connection.
  private struct Pair {
    let folder = Folder()
    let socket: ControlSocket
    let client: ControlConnection
    let server: ControlConnection

    init() async throws {
      socket = try ControlSocket(path: folder.file("control"))
      client = try await ControlConnection.connect(folder.file("control"))
      server = try #require(try await socket.accept())
    }
  }
}
