import Checkpoints
import Platform
import Testing

/// What a person reads. Messages of other cases are in the tests of what throws them.
@Suite struct ErrorTextTests {
  @Test func headerFaults_sayWhatWasFoundAndExpected() {
    let faults: [(CheckpointError.HeaderFault, String)] = [
      (.truncated(fileSize: 3, needed: 8), "it has 3 bytes where the header needs 8"),
      (.tooLong(bytes: 9, limit: 8), "its header has 9 bytes; at most 8 are allowed"),
      (.notAnObject(first: 91), "its header begins with the byte 91, not with '{'"),
      (.notAnObject(first: nil), "its header is empty"),
      (.tooManyTensors(limit: 8), "it has more than 8 tensors"),
      (.tooManyNumbers(name: "a", limit: 2), #"tensor "a" has a list of more than 2 numbers"#),
      (.unknownType(name: "a", "X"), #"tensor "a" has the unknown dtype "X""#),
      (.unknownKey(name: "a", "x"), #"tensor "a" has the unknown key "x""#),
      (.incomplete(name: "a"), #"tensor "a" lacks dtype, shape or its two data_offsets"#),
      (.backwards(name: "a", begins: 4, ends: 0), #"tensor "a" begins at 4 and ends before that, at 0"#),
      (.overflow(name: "a"), #"the shape of tensor "a" is not a whole number of bytes below 2^63"#),
      (
        .tensorSize(name: "a", found: 4, expected: 8), #"tensor "a" has 4 bytes where its shape and dtype need 8"#
      ),
      (
        .notContiguous(name: "a", begins: 4, expected: 0),
        #"tensor "a" begins at 4 where the one before it ends at 0"#
      ),
      (.dataSize(found: 5, expected: 4), "5 bytes follow the header where its tensors need 4"),
      (.changed, "its header is not the one that it had before; open the model again"),
    ]
    for (fault, text) in faults {
      #expect(
        CheckpointError.inFile("/m/x.safetensors", .header(fault)).description
          == "/m/x.safetensors: not a safetensors file that can be trusted: \(text)")
    }
  }

  @Test func versionFaults_sayHowToMendThem() {
    let faults: [(CheckpointError.VersionFault, String)] = [
      (.missing, "there is no such version"),
      (.exists, "there is such a version already, and a version never changes"),
      (.isCurrent, "it is the current version; make another one current first"),
      (.badNumber(limit: 9), "a version's number is from 1 to 9"),
      (.badRecord("x"), "its hamud.json is damaged: x; restore the directory from a backup"),
      (
        .recordDigest(found: "a", expected: "b"),
        "its hamud.json has the digest a where b is on record; restore the directory from a backup"
      ),
      (.missingFile("f"), #"the file "f" is missing; restore the directory from a backup"#),
      (.strayFile("f"), #"the file "f" is not part of it; move it out of the directory"#),
      (
        .fileSize("f", found: 1, expected: 2),
        #"the file "f" has 1 bytes where 2 are on record; restore it from a backup"#
      ),
      (
        .fileDigest("f", found: "a", expected: "b"),
        #"the file "f" has the digest a where b is on record; restore it from a backup"#
      ),
      (.otherTensors, "the weights to be written were not opened from this version; start the run again from it"),
    ]
    for (fault, text) in faults {
      #expect(CheckpointError.version(42, fault).description == "version 42: \(text)")
    }
  }

  @Test func otherErrors_areWholeSentences() {
    #expect(CheckpointError.tooLarge(bytes: 2, limit: 1).description == "2 bytes; at most 1 are read")
    #expect(CheckpointError.directory("/m", problem: "it is empty").description == "/m: it is empty")
    #expect(
      CheckpointError.progress(.damaged("its digest does not fit")).description
        == "the saved progress is damaged (its digest does not fit); the run has to start from its beginning")
    let full = PlatformError(operation: "write", path: "/v/x", code: .noSpace)
    #expect(CheckpointError.system(full).description == full.description)
    #expect(CheckpointError.system(full).isOutOfSpace)
    #expect(!CheckpointError.inFile("x", .model("y")).isOutOfSpace)
    #expect(CheckpointError.inFile("x", .inFile("y", .model("z"))).cause.description == "z")
  }

  @Test func names_areQuotedEscapedAndCut() {
    let name = "a\n\"\u{1}" + String(repeating: "n", count: 200)
    let text = CheckpointError.version(1, .strayFile(name)).description
    #expect(text.hasPrefix(#"version 1: the file "a\n\"\u0001nnn"#))
    #expect(text.utf8.count < 250 && text.contains(#"n"... is not"#))
  }
}
