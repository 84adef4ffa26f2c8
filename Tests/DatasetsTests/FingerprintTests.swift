import Datasets
import Testing

@Suite struct FingerprintTests {
  private func small() throws -> Scratch {
    let scratch = try Scratch()
    try scratch.write("train_1.bin", cifarRow(0, seed: 1))
    try scratch.write("train_2.bin", cifarRow(1, seed: 2))
    try scratch.write("test.bin", cifarRow(1, seed: 4))
    try scratch.write("ids.csv", "row,id\n0,a\n")
    return scratch
  }

  private func change(_ scratch: Scratch, from known: DataFingerprint) throws -> DataFingerprint.Change {
    try Dataset.open(cifar10(scratch, ids: "ids.csv")).compare(with: known)
  }

  @Test func files_thatDidNotChange_areNotReadAgain() throws {
    let scratch = try small()
    let known = try Dataset.open(cifar10(scratch, ids: "ids.csv")).takeFingerprint()
    #expect(known.files.map(\.role) == [.train, .train, .heldout, .identifiers])
    #expect(known.files[0].size == 3073 && known.files[0].sha256.utf8.count == 64)
    #expect(try change(scratch, from: known) == .none)
  }

  @Test func touchedFile_isTheSameData() throws {
    let scratch = try small()
    let known = try Dataset.open(cifar10(scratch, ids: "ids.csv")).takeFingerprint()
    scratch.touch("train_2.bin")
    guard case .touched(let now) = try change(scratch, from: known) else {
      Issue.record("not told as touched")
      return
    }
    #expect(now != known && now.files.map(\.sha256) == known.files.map(\.sha256))
  }

  @Test func movedFiles_areTheSameData() throws {
    let scratch = try small()
    let known = try Dataset.open(cifar10(scratch, ids: "ids.csv")).takeFingerprint()
    guard case .touched = try change(try small(), from: known) else {
      Issue.record("not told as touched")
      return
    }
  }

  @Test func otherContent_newFilesAndGoneFiles_areToldByName() throws {
    let scratch = try small()
    let known = try Dataset.open(cifar10(scratch, ids: "ids.csv")).takeFingerprint()
    func sentence() throws -> String? {
      guard case .changed(let text, _) = try change(scratch, from: known) else { return nil }
      return text
    }
    try scratch.write("train_3.bin", cifarRow(1, seed: 2))
    #expect(try sentence() == "\(scratch.at("train_3.bin")) is new among the data")
    scratch.remove("train_3.bin")
    scratch.overwrite("train_2.bin", at: 9, [1, 2, 3])
    #expect(try sentence() == "\(scratch.at("train_2.bin")) has other content than before (the same size)")
    scratch.remove("train_2.bin")
    #expect(try sentence() == "\(scratch.at("train_2.bin")) is no longer among the data")
    try scratch.write("train_2.bin", cifarRow(1, seed: 2))
    try scratch.write("ids.csv", "row,id\n1,a\n0,b\n")
    #expect(
      try sentence() == "\(scratch.at("ids.csv")) has other content than before (15 bytes, before 11)")
  }

  @Test func filesThatChangeSides_areAChange() throws {
    let scratch = try Scratch()
    for (index, name) in ["a1.bin", "a2.bin", "b2.bin", "b3.bin"].enumerated() {
      try scratch.write(name, cifarRow(1, seed: UInt64(index)))
    }
    try scratch.write("b2.bin", cifarRow(1, seed: 1))
    func open(train: String, heldout: String) throws -> Dataset {
      try Dataset.open(DatasetDescription(source: .cifar10(train: scratch.at(train), heldout: scratch.at(heldout))))
    }
    // The same three contents in the same order, cut elsewhere: a1 a2 | b3, then a1 | b2 b3.
    let known = try open(train: "a*.bin", heldout: "b3.bin").takeFingerprint()
    guard case .changed = try open(train: "a1.bin", heldout: "b*.bin").compare(with: known) else {
      Issue.record("not told as changed")
      return
    }
  }

  @Test func openFiles_areStillThere_untilSomethingHappensToThem() throws {
    let scratch = try small()
    let description = cifar10(scratch, ids: "ids.csv")
    let data = try Dataset.open(description)
    #expect(data.isStillWhatWasOpened(description))
    scratch.touch("test.bin")
    #expect(!data.isStillWhatWasOpened(description))
    let again = try Dataset.open(description)
    #expect(again.isStillWhatWasOpened(description))
    try scratch.write("train_0.bin", cifarRow(1, seed: 2))
    #expect(!again.isStillWhatWasOpened(description))
    scratch.remove("train_0.bin")
    #expect(again.isStillWhatWasOpened(description))
    scratch.remove("ids.csv")
    #expect(!again.isStillWhatWasOpened(description))
    // What is open can still be read.
    #expect(try again.train.values([0]).count == 3072)
  }

  @Test func fileWrittenToSinceItWasOpened_hasNoFingerprint() throws {
    let scratch = try small()
    let data = try Dataset.open(cifar10(scratch))
    scratch.overwrite("train_1.bin", at: 9, [1, 2, 3])
    #expect(throws: DatasetError.changing(path: scratch.at("train_1.bin"))) { try data.takeFingerprint() }
  }
}
