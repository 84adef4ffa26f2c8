import Platform
import Testing

@Suite struct PlatformErrorTests {
  @Test func message_saysWhatOnWhatWhyAndHowToMend() {
    let error = PlatformError(operation: "publish", path: "/a/b", code: .noSpace)
    #expect(
      error.description
        == "cannot publish /a/b: No space left on device (ENOSPC); free some space on that file system")
    #expect(error.isOutOfSpace && error.code == .noSpace)
  }

  @Test func message_ofEachCause() {
    func message(_ cause: PlatformError.Cause) -> String {
      PlatformError(operation: "read", path: "/a", cause: cause).description
    }
    #expect(
      message(.truncated(offset: 10, expected: 5, found: 2))
        == "cannot read /a: expected 5 bytes at offset 10 and found 2")
    #expect(message(.tooLarge(size: 11, limit: 10)) == "cannot read /a: it has 11 bytes and at most 10 are read")
    #expect(message(.locked(holder: 7)) == "cannot read /a: process 7 holds it")
    #expect(message(.locked(holder: nil)) == "cannot read /a: another process holds it")
    #expect(message(.timedOut) == "cannot read /a: no answer in time")
    #expect(message(.closed) == "cannot read /a: the connection is closed")
    #expect(message(.unsuitable("it is a fifo")) == "cannot read /a: it is a fifo")
    #expect(message(.system(Errno(rawValue: 9999))) == "cannot read /a: error 9999")
  }

  @Test func message_forTheJournal_keepsADroppedNameOut() {
    let error = PlatformError(operation: "read", path: "/spool/incoming/jane-doe.yaml", code: .inputOutput)
    let text = error.namingOnlyTheDirectory().description
    #expect(text == "cannot read a file in /spool/incoming: Input/output error (EIO); check the disk")
    #expect(!text.contains("jane"))
  }

  @Test func code_whenNoSystemCallFailed_isAbsent() {
    let error = PlatformError(operation: "read", path: "/a", cause: .timedOut)
    #expect(error.code == nil && !error.isOutOfSpace)
  }
}
