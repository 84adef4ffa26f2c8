import Glibc
import Platform
import Testing

@Suite struct JournalTests {
  /// journald's native form: `NAME=value` lines, or for a value with line breaks the name alone, eight bytes of length
  /// (little-endian), the value and a line break.
  private static func fields(_ entry: [UInt8]) -> [String] {
    var (fields, rest) = ([String](), entry[...])
    while let end = rest.firstIndex(of: 10) {
      let line = String(decoding: rest[..<end], as: UTF8.self)
      rest = rest[(end + 1)...]
      if line.contains("=") {
        fields.append(line)
      } else {
        let count = rest.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
        fields.append(line + "=" + String(decoding: rest.dropFirst(8).prefix(count), as: UTF8.self))
        rest = rest.dropFirst(8 + count + 1)
      }
    }
    return fields
  }

  @Test func entry_reachesASocketInTheJournalsPlace() async {
    let outcome = await withMount("tmpfs", at: "/run", options: "size=1m") { () -> ([String], [Bool], Errno?) in
      let before = Journal.isRunning
      let silent = failure { () throws(PlatformError) in try Journal.send("lost", priority: .info) }
      _ = try? DurableDirectory.make("/run/systemd/journal", parents: true)
      guard let receiver = DatagramReceiver("/run/systemd/journal/socket") else { return ([], [], nil) }
      let error = failure { () throws(PlatformError) in
        try Journal.send(
          "two\nlines", priority: .warning, fields: [("HAMUD_REQUEST_ID", "a"), ("HAMUD_REQUEST_ID", "b")])
      }
      let entry = receiver.next().map(JournalTests.fields) ?? []
      return (entry, [before, Journal.isRunning, Journal.isConnected, error == nil], silent?.code)
    }
    guard let (entry, states, silent) = outcome else { return }
    #expect(states == [false, true, true, true])
    #expect(silent == .noSuchFile, "without a journal the library reports success; this must not")
    #expect(entry.contains("MESSAGE=two\nlines") && entry.contains("PRIORITY=4"))
    #expect(entry.filter { $0.hasPrefix("HAMUD_REQUEST_ID=") } == ["HAMUD_REQUEST_ID=a", "HAMUD_REQUEST_ID=b"])
  }

  @Test func entry_isFoundInARealJournal() throws {
    guard Journal.isRunning else {
      print("SKIPPED: a real journal (none is running here)")
      return
    }
    guard geteuid() == 0 else {
      print("SKIPPED: a real journal (only root may read it back)")
      return
    }
    let token = hexadecimal(randomBytes(8))
    try Journal.send("hamud platform test", priority: .notice, fields: [("HAMUD_TEST_TOKEN", token)])
    let folder = Folder()
    let found = folder.file("found")
    // Sync first: journald writes when it likes.
    let command = "journalctl --sync && journalctl -q -o cat --output-fields=MESSAGE,PRIORITY,HAMUD_TEST_TOKEN"
    system("\(command) HAMUD_TEST_TOKEN=\(token) > \(found)")
    #expect(folder.text("found")?.contains("hamud platform test") == true)
    #expect(folder.text("found")?.contains(token) == true)
  }

  @Test func entry_atTheLimit_andOnePastIt() {
    func code(_ size: Int) -> PlatformError.Cause? {
      failure { () throws(PlatformError) in
        // "A=" is two bytes of the entry.
        try Journal.send(fields: [("A", String(repeating: "x", count: size - 2))])
      }?.cause
    }
    #expect(code(Journal.entryLimit + 1) == .tooLarge(size: 49_153, limit: 49_152))
    if case .tooLarge = code(Journal.entryLimit) { Issue.record("refused at the limit") }
  }

  @Test(arguments: ["", "lower", "_TRUSTED", "1ST", "WITH SPACE", "A=B", "Ä", String(repeating: "A", count: 65)])
  func fieldName_thatJournaldWouldIgnore_isRefused(name: String) {
    #expect(!Journal.isFieldName(name))
    let error = failure { () throws(PlatformError) in try Journal.send(fields: [(name, "x")]) }
    #expect(error?.cause == .unsuitable("\"\(name)\" is no name of a field"))
  }

  @Test func fieldName_atTheLimit_isOne() {
    #expect(Journal.isFieldName(String(repeating: "A", count: 64)) && Journal.isFieldName("HAMUD_KAPPA1"))
  }
}
