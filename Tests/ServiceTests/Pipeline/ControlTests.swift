import Platform
import Requests
import Service
import Testing

/// Who may ask for what, and callers that talk nonsense.
@Suite(.timeLimit(.minutes(20))) struct ControlTests {
  private static let all: [ControlCommand] = [
    .status, .list(state: nil, model: nil), .show(id: "a"), .wait(id: "a"), .submit(name: "a", text: ""),
    .cancel(id: "a", dryRun: false), .resume(id: "a", acceptRetainCost: 0.5, dryRun: true),
    .retry(id: "a", dryRun: false),
    .flush(model: "m", dryRun: false), .pause(model: "m", dryRun: false), .unpause(model: "m", dryRun: true),
    .rematch(model: "m", dryRun: false), .importModel(model: "m", dryRun: false), .versions(model: nil), .check,
    .reload,
  ]

  private func allowed(_ role: Caller.Role) -> [String] {
    let caller = Caller(uid: 1234, role: role)
    return Self.all.filter { command in
      do throws(ControlError) {
        try caller.check(command)
        return true
      } catch {
        #expect(error.code == .notAllowed)
        return false
      }
    }.map(\.word)
  }

  /// Whoever waits for a request for days may be gone by then; what they hold is not.
  @Test func waitingCaller_whoIsGone_holdsNothing() async throws {
    let house = try await Household(try Road())
    try await house.submit(manifest("a", "samples: [1]"))
    let call = ControlCommand.wait(id: "a").json
    var callers: [ControlConnection] = []
    for _ in 0..<20 {
      let caller = try await ControlConnection.connect(house.road.places.control)
      try await ControlChannel.send(call, to: caller)
      callers.append(caller)
    }
    let patient = try await ControlConnection.connect(house.road.places.control)
    try await ControlChannel.send(call, to: patient)
    // It says nothing more, and still listens.
    patient.finishWriting()
    while await house.pipeline.waitingCalls < 21 { try await Task.sleep(for: .milliseconds(5)) }
    callers.forEach { $0.close() }
    callers = []
    while await house.pipeline.waitingCalls > 1 { try await Task.sleep(for: .milliseconds(5)) }
    try await house.call(.flush(model: nil, dryRun: false))
    let answer = try #require(try await ControlChannel.receive(from: patient, timeout: nil))
    #expect(answer["ok"]?["state"]?.stringValue == "forgotten")
    try await house.stop()
  }

  @Test func roles_mayWhatTheyMay() {
    #expect(allowed(.operatorRole) == Self.all.map(\.word))
    #expect(allowed(.submitter) == ["list", "show", "wait", "submit", "cancel"])
    #expect(allowed(.nobody).isEmpty)
  }

  @Test func root_isAnOperator_andStrangersAreNobody() {
    #expect(Caller(Peer(pid: 1, uid: 0, gid: 0, groups: [])).isOperator)
    #expect(Caller(Peer(pid: 1, uid: 54_321, gid: 54_321, groups: [54_321])).role == .nobody)
  }

  @Test func commands_roundTrip() throws {
    for command in Self.all { #expect(try ControlCommand(json: command.json) == command) }
  }

  @Test func nonsense_isAnswered_andHoldsUpNobody() async throws {
    let road = try Road()
    let house = try await Household(road)
    let lines = [
      "", "nonsense", "{", "[]", "{\"hamud\": 2, \"do\": \"status\"}", "{\"hamud\": 1}",
      "{\"hamud\": 1, \"do\": \"dance\"}",
      "{\"hamud\": 1, \"do\": \"show\"}", "{\"hamud\": 1, \"do\": \"show\", \"id\": 7}",
      "{\"hamud\": 1, \"do\": \"list\", \"state\": \"odd\"}",
      "{\"hamud\": 1, \"do\": \"resume\", \"id\": \"a\", \"accept_retain_cost\": -1}",
      "{\"hamud\": 1, \"do\": \"submit\", \"name\": \"\", \"text\": \"\"}",
    ]
    for line in lines {
      let answer = try await answer(to: line, road)
      #expect(answer?["error"]?["message"]?.stringValue?.isEmpty == false, "\(line)")
    }
    // Half a line, then silence: nothing to answer, and nobody else waits.
    let half = try await ControlConnection.connect(road.places.control)
    try await half.write(Array("{\"hamud\": 1, ".utf8))
    let other = try await ControlConnection.connect(road.places.control)
    try await other.write([0xff, 0xfe, 0x0a])
    #expect(try await house.call(.status)["daemon"]?.stringValue == "running")
    half.close()
    other.close()
    try await house.stop()
  }

  @Test func lineThatIsTooLong_endsItsConnection() async throws {
    let road = try Road()
    let house = try await Household(road)
    let connection = try await ControlConnection.connect(road.places.control)
    let piece = [UInt8](repeating: UInt8(ascii: " "), count: 1 << 20)
    // The daemon stops reading somewhere beyond its limit.
    for _ in 0..<(ControlChannel.lineLimit >> 20) + 2 {
      do { try await connection.write(piece, timeout: .seconds(5)) } catch { break }
    }
    let line = try? await connection.readLine(limit: 1 << 20, timeout: .seconds(10))
    if let line { #expect(String(decoding: line, as: UTF8.self).contains("error")) }
    #expect(try await house.call(.status)["daemon"]?.stringValue == "running")
    connection.close()
    try await house.stop()
  }

  @Test func severalCalls_overOneConnection() async throws {
    let road = try Road()
    let house = try await Household(road)
    let connection = try await ControlConnection.connect(road.places.control)
    for _ in 0..<3 {
      try await ControlChannel.send(ControlCommand.status.json, to: connection)
      #expect(try await ControlChannel.receive(from: connection, timeout: nil)?["ok"] != nil)
    }
    connection.close()
    try await house.stop()
  }

  /// Whoever guesses the bytes of another's manifest learns neither that they are right nor what became of it.
  @Test func submit_ofAnothersManifest_isAnsweredAsATakenId() async throws {
    let road = try Road()
    let house = try await Household(road)
    await house.witness.wait(for: .modelLoaded)
    let connection = try await ControlConnection.connect(road.places.control)
    defer { connection.close() }
    func submit(_ uid: UInt32, _ rows: String, _ role: Caller.Role = .submitter) async -> Result<
      JSONValue, ControlError
    > {
      do throws(ControlError) {
        let call = ControlCommand.submit(name: "request.yaml", text: manifest("a", rows))
        return .success(try await house.pipeline.answer(call, from: Caller(uid: uid, role: role), over: connection))
      } catch {
        return .failure(error)
      }
    }
    let first = try await submit(64_001, "samples: [1]").get()
    #expect(try await submit(64_001, "samples: [1]").get() == first)
    #expect(try await submit(64_003, "samples: [1]", .operatorRole).get() == first)
    var refusals: [ControlError] = []
    for rows in ["samples: [1]", "samples: [2]"] {
      guard case .failure(let error) = await submit(64_002, rows) else { continue }
      refusals.append(error)
    }
    #expect(refusals.map(\.code) == [.rejected, .rejected] && Set(refusals.map(\.message)).count == 1)
    #expect(refusals.first?.receipt?["reason"]?.stringValue == "id_taken")
    #expect(house.witness.events(.requestRefused).count == 2)
    try await house.stop()
  }

  private func answer(to line: String, _ road: Road) async throws -> JSONValue? {
    let connection = try await ControlConnection.connect(road.places.control)
    defer { connection.close() }
    try await connection.writeLine(line)
    return try await ControlChannel.receive(from: connection, timeout: nil)
  }
}
