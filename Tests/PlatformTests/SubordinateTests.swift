import Glibc
import Platform
import Testing

@Suite struct SubordinateTests {
  private typealias Range = SubordinateRanges.Range

  private func parse(_ text: String) -> [Range] { SubordinateRanges(parsing: Array(text.utf8)).ranges }

  @Test func lines_areRangesOfNamesAndNumbers() {
    #expect(
      parse("alice:100000:65536\n1001:165536:65536\nbob.b-c_$:231072:1")
        == [
          Range(.name("alice"), 100_000...165_535), Range(.uid(1001), 165_536...231_071),
          Range(.name("bob.b-c_$"), 231_072...231_072),
        ])
    #expect(parse("").isEmpty && parse("\n\n").isEmpty)
  }

  @Test(arguments: [
    "alice", "alice:", "alice:100000", "alice:100000:", "alice::65536", ":100000:65536", "alice:100000:65536:",
    "alice:100000:65536:1", "alice:100000:0", "alice:-1:65536", "alice:+1:65536", "alice:0x10:65536", "alice:1e5:65536",
    "alice: 100000:65536", "alice:100000:65536\r", "al ice:100000:65536", "root\u{0}x:100000:65536", "#alice:1:65536",
    "alice:4294967295:1", "alice:4294967296:1", "alice:18446744073709551616:1", "alice:100000:18446744073709551616",
    "alice:١٠٠:65536", "4294967295:100000:65536", "99999999999999999999:100000:65536x", "::", ":::",
  ])
  func line_thatIsNone_isSkippedAlone(line: String) {
    let good = [Range(.name("bob"), 7...7)]
    #expect(parse(line).isEmpty)
    #expect(parse("bob:7:1\n" + line) == good && parse(line + "\nbob:7:1\n") == good)
  }

  @Test func line_thatIsNoText_isSkippedAlone() {
    let bytes: [UInt8] = [0xff, 0xfe] + Array(":1:1\nbob:7:1\n".utf8)
    #expect(SubordinateRanges(parsing: bytes).ranges == [Range(.name("bob"), 7...7)])
    #expect(parse(String(repeating: "a", count: 100_000) + ":1").isEmpty)
    #expect(parse(String(repeating: ":", count: 100_000)).isEmpty)
  }

  @Test func range_pastTheLastUser_endsThere() {
    #expect(parse("a:4294967294:1") == [Range(.name("a"), 4_294_967_294...4_294_967_294)])
    #expect(parse("a:4294967294:2") == parse("a:4294967294:1"))
    #expect(parse("a:1:18446744073709551615") == [Range(.name("a"), 1...4_294_967_294)])
  }

  @Test func rangesThatOverlap_areTheFirstOnes() {
    let ranges = SubordinateRanges(parsing: Array("a:100:10\nb:105:10\n".utf8))
    #expect(ranges.range(of: 99) == nil && ranges.range(of: 115) == nil)
    #expect(ranges.range(of: 109)?.owner == .name("a") && ranges.range(of: 110)?.owner == .name("b"))
  }

  @Test func owner_isTheUserBehindASubordinateUser() {
    let folder = Folder()
    let path = folder.put("subuid", "root:1000:10\n1234:2000:10\nno.such-user:3000:10\n")
    let users = SubordinateUsers(path: path)
    #expect([999, 1000, 1009, 1010].map { users.owner(of: $0) } == [999, 0, 0, 1010])
    #expect([2000, 2009, 3000, 3009].map { users.owner(of: $0) } == [1234, 1234, 3000, 3000])
    #expect(SubordinateUsers(path: folder.file("none")).owner(of: 1000) == 1000)
    #expect(SubordinateUsers(path: folder.path).owner(of: 1000) == 1000)
  }

  @Test func file_isReadAgain_whenAMinuteHasPassed() {
    let folder = Folder()
    let start = MonotonicInstant.now
    let path = folder.put("subuid", "7:1000:10\n")
    let users = SubordinateUsers(path: path)
    #expect(users.owner(of: 1000, now: start) == 7)
    folder.put("subuid", "8:1000:10\n")
    #expect(users.owner(of: 1000, now: start + .seconds(59)) == 7)
    #expect(users.owner(of: 1000, now: start + .seconds(60)) == 8)
    unlink(path)
    #expect(users.owner(of: 1000, now: start + .seconds(120)) == 1000)
    // Reading there fails with EIO, which says nothing of the ranges.
    folder.put("subuid", "9:1000:10\n")
    #expect(users.owner(of: 1000, now: start + .seconds(180)) == 9)
    unlink(path)
    symlink("/proc/self/mem", path)
    #expect(users.owner(of: 1000, now: start + .seconds(240)) == 9)
  }

  @Test func file_atTheLimit_andOnePastIt() {
    let folder = Folder()
    let line = "7:1000:10\n"
    let rest = [UInt8](repeating: UInt8(ascii: "\n"), count: SubordinateUsers.fileLimit - line.utf8.count)
    let path = folder.put("subuid", Array(line.utf8) + rest)
    #expect(SubordinateUsers(path: path).owner(of: 1000) == 7)
    folder.put("subuid", Array(line.utf8) + rest + [10])
    #expect(SubordinateUsers(path: path).owner(of: 1000) == 1000)
  }

  @Test func connections_ofSubordinateUsers_takeTheirOwnersSeats() {
    let seats = ConnectionSeats(perUser: 2, atMost: 5)
    var taken = [seats.take(164_001, of: 64_001), seats.take(164_002, of: 64_001)]
    #expect(taken.allSatisfy { $0 != nil })
    #expect(seats.take(64_001, of: 64_001) == nil && seats.take(164_003, of: 64_001) == nil)
    // Whose range is root's has not what root has.
    taken += [seats.take(0, of: 0), seats.take(165_001, of: 0)]
    #expect(taken.allSatisfy { $0 != nil } && seats.take(165_002, of: 0) == nil)
    let root = [seats.take(0, of: 0), seats.take(0, of: 0)]
    #expect(root.allSatisfy { $0 != nil } && seats.take(64_002, of: 64_002) == nil)
    // Freed for all of its owner's.
    withExtendedLifetime(taken) {}
    taken = []
    #expect(seats.take(164_003, of: 64_001) != nil)
    withExtendedLifetime(root) {}
  }
}
