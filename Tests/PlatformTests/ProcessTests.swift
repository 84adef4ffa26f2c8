import Glibc
import Platform
import Testing

@Suite struct ProcessTests {
  @Test func accounts_knowRootAndSayNothingOfStrangers() {
    #expect(Accounts.userName(0) == "root" && Accounts.userID(named: "root") == 0)
    #expect(Accounts.groupName(0) == "root" && Accounts.groupID(named: "root") == 0)
    #expect(Accounts.userName(64_321) == nil && Accounts.userNameOrNumber(64_321) == "64321")
    #expect(Accounts.userID(named: "no-such-user") == nil && Accounts.groupID(named: "no-such-group") == nil)
    #expect(Accounts.groups(ofUser: "root").contains(0) && Accounts.groups(ofUser: "no-such-user").isEmpty)
    #expect(Accounts.members(ofGroup: "no-such-group").isEmpty)
    #expect(Accounts.effectiveUser == geteuid() && Accounts.effectiveGroup == getegid())
  }

  @Test func accounts_membersAreThoseOfTheGroupsFile() throws {
    let lines = String(decoding: try DataFile.read("/etc/group", limit: 1 << 20), as: UTF8.self).split(separator: "\n")
    for line in lines {
      let fields = line.split(separator: ":", omittingEmptySubsequences: false)
      guard fields.count == 4, !fields[3].isEmpty else { continue }
      #expect(Accounts.members(ofGroup: String(fields[0])) == fields[3].split(separator: ",").map(String.init))
    }
  }

  @Test func computeThread_hasItsNameAndItsStack() async throws {
    let (name, depth) = try await ComputeThread.run(name: "a-name-that-is-too-long") {
      let name = (try? DataFile.read("/proc/thread-self/comm", limit: 99)).map { String(decoding: $0, as: UTF8.self) }
      // Five of eight MiB.
      return (name, deep(5 << 10))
    }
    #expect(name == "a-name-that-is-\n" && depth == 5 << 10)
  }

  @Test func computeThread_manyAtOnce_eachGivesItsResult() async throws {
    try await withThrowingTaskGroup(of: Int.self) { group in
      for number in 0..<40 {
        group.addTask { try await ComputeThread.run(name: "n", stackBytes: 256 << 10) { number * 2 } }
      }
      let sum = try await group.reduce(0, +)
      #expect(sum == 40 * 39)
    }
  }

  @Test func cores_areAtLeastOneAndAtMostAll() {
    #expect((1...sysconf(CInt(_SC_NPROCESSORS_CONF))).contains(AvailableCores.count()))
  }

  @Test func quota_isTheSmallestOnTheWayUp() throws {
    let folder = Folder()
    try DurableDirectory.make(folder.file("fs/system.slice/hamud.service"), parents: true)
    folder.put("groups", "0::/system.slice/hamud.service\n")
    func quota() -> Double? { AvailableCores.quota(groups: folder.file("groups"), mount: folder.file("fs")) }
    #expect(quota() == nil)
    folder.put("fs/system.slice/hamud.service/cpu.max", "max 100000\n")
    #expect(quota() == nil)
    folder.put("fs/system.slice/cpu.max", "150000 100000\n")
    #expect(quota() == 1.5)
    folder.put("fs/system.slice/hamud.service/cpu.max", "400000 100000\n")
    #expect(quota() == 1.5)
    folder.put("fs/system.slice/hamud.service/cpu.max", "nonsense")
    #expect(quota() == 1.5)
  }

  @Test func quota_ofTheOldHierarchy_isReadToo() throws {
    let folder = Folder()
    try DurableDirectory.make(folder.file("fs/cpu/a"), parents: true)
    folder.put("groups", "4:cpu,cpuacct:/a\n3:memory:/a\n")
    folder.put("fs/cpu/a/cpu.cfs_quota_us", "50000\n")
    folder.put("fs/cpu/a/cpu.cfs_period_us", "100000\n")
    #expect(AvailableCores.quota(groups: folder.file("groups"), mount: folder.file("fs")) == 0.5)
    folder.put("fs/cpu/a/cpu.cfs_quota_us", "-1\n")
    #expect(AvailableCores.quota(groups: folder.file("groups"), mount: folder.file("fs")) == nil)
  }

  @Test func memory_isWhatTheKernelSays() throws {
    let memory = try ProcessMemory.now()
    #expect(memory.resident > 1 << 20 && memory.peak >= memory.resident / 2 && memory.anonymous > 0)
    #expect(memory.resident >= memory.anonymous)
  }

  @Test func process_knowsItself() {
    #expect(ProcessControl.identifier == getpid())
    #expect(ProcessControl.environment("PATH") != nil && ProcessControl.environment("NO_SUCH_THING") == nil)
    #expect(ProcessControl.currentDirectory?.hasPrefix("/") == true && !ProcessControl.hostName.isEmpty)
  }

  @Test func console_writesToItsStream() throws {
    try Console.write("", to: .output)
    if !Console.isTerminal(.error) { #expect(Console.width(.error) == nil) }
  }
}

/// One KiB of stack for each level.
@inline(never)
private func deep(_ levels: Int) -> Int {
  withUnsafeTemporaryAllocation(byteCount: 1024, alignment: 16) { buffer in
    buffer.initializeMemory(as: UInt8.self, repeating: 1)
    return levels == 0 ? 0 : deep(levels - 1) + Int(buffer[levels & 1023])
  }
}
