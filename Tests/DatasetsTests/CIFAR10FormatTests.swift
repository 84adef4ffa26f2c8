import Datasets
import Platform
import Testing

@Suite struct CIFAR10FormatTests {
  private func small() throws -> (Scratch, DatasetDescription) {
    let scratch = try Scratch()
    try scratch.write("train_2.bin", cifarRow(3, seed: 3))
    try scratch.write("train_1.bin", cifarRow(1, seed: 1) + cifarRow(2, seed: 2))
    try scratch.write("test.bin", cifarRow(9, seed: 4))
    return (scratch, cifar10(scratch))
  }

  @Test func rows_ofSeveralFiles_areCountedThroughInByteOrderOfTheirNames() throws {
    let (scratch, description) = try small()
    defer { scratch.keep() }
    let data = try Dataset.open(description)
    #expect(data.train.labels == [1, 2, 3])
    #expect(data.heldout.labels == [9])
    #expect(data.sampleShape == [3, 32, 32])
    #expect(data.classCount == 10)
    #expect(data.train.rows(ofClass: 2) == [1] && data.train.rows(ofClass: 7).isEmpty)
  }

  @Test func pixels_areNormalisedAsPyTorchDoes() throws {
    let (scratch, description) = try small()
    defer { scratch.keep() }
    let data = try Dataset.open(description)
    let values = try data.train.values([2, 0])
    let mean: [Float] = [0.4914, 0.4822, 0.4465]
    let deviation: [Float] = [0.2023, 0.1994, 0.2010]
    for (place, row) in [cifarRow(3, seed: 3), cifarRow(1, seed: 1)].enumerated() {
      for index in 0..<3072 {
        let expected = (Float(row[1 + index]) / 255 - mean[index / 1024]) / deviation[index / 1024]
        #expect(values[place * 3072 + index] == expected)
      }
    }
  }

  @Test func normalize_ofTheConfiguration_winsOverTheModels() throws {
    let (scratch, _) = try small()
    let own = Normalization(mean: [0.5], deviation: [0.25])
    let description = DatasetDescription(
      source: .cifar10(train: scratch.at("train_1.bin"), heldout: scratch.at("test.bin")), normalization: own)
    let data = try Dataset.open(description, for: Preparation(normalization: .cifar10))
    #expect(data.normalization == own)
    #expect(try data.train.values([0])[5] == (Float(cifarRow(1, seed: 1)[6]) / 255 - 0.5) / 0.25)
  }

  @Test func file_thatIsNoWholeNumberOfRows_isRefused() throws {
    let (scratch, description) = try small()
    let path = try scratch.write("test.bin", Array(cifarRow(1, seed: 1).dropLast()))
    #expect(refusal(description) == .format(path: path, .partialRow(size: 3072, rowBytes: 3073)))
    try scratch.write("test.bin", [])
    #expect(refusal(description) == .format(path: path, .empty))
  }

  @Test func label_aboveNine_isRefusedWithItsRow() throws {
    let (scratch, description) = try small()
    let path = try scratch.write("train_2.bin", cifarRow(3, seed: 3) + cifarRow(10, seed: 1))
    #expect(refusal(description) == .format(path: path, .label(row: 1, found: 10, classes: 10)))
  }

  @Test func pattern_thatMatchesNothing_isRefused() throws {
    let (scratch, description) = try small()
    for name in ["train_1.bin", "train_2.bin"] { scratch.remove(name) }
    #expect(refusal(description) == .noFiles(pattern: scratch.at("train*.bin")))
  }

  @Test func file_cutWhileOpen_givesAnErrorAndNoCrash() throws {
    let (scratch, description) = try small()
    let data = try Dataset.open(description)
    scratch.cut("train_1.bin", to: 4000)
    #expect(try data.train.values([0]).count == 3072)
    #expect(throws: DatasetError.self) { try data.train.values([1]) }
    #expect(throws: DatasetError.self) { try data.train.rowDigest(1, salt: [1]) }
    #expect(throws: DatasetError.self) { try data.train.rowDigests(salt: [1]) }
    #expect(try data.train.values([2]).count == 3072)
    #expect(throws: DatasetError.noSuchRow(3, count: 3)) { try data.train.values([3]) }
    #expect(throws: DatasetError.noSuchRow(-1, count: 3)) { try data.train.values([-1]) }
  }

  @Test func rows_readBySeveralThreadsAtOnce_areTheSame() async throws {
    let (scratch, description) = try small()
    defer { scratch.keep() }
    let data = try Dataset.open(description)
    let expected = try data.train.values([0, 1, 2])
    try await withThrowingTaskGroup(of: Bool.self) { group in
      for _ in 0..<16 { group.addTask { try data.train.values([0, 1, 2]) == expected } }
      for try await isSame in group { #expect(isSame) }
    }
  }

  @Test func sharedRows_areOpenedAndDigestedInWellUnderASecond() throws {
    guard let directory = shared("data/cifar10-10k") else { return }
    let data = try Dataset.open(
      DatasetDescription(
        source: .cifar10(
          train: Paths.join(directory, "data_batch_*.bin"), heldout: Paths.join(directory, "test_batch.bin")),
        identifiers: Paths.join(directory, "ids.csv")))
    #expect(data.train.count == 10_000 && data.heldout.count == 2_000)
    #expect(data.classCount == 10)
    #expect(data.train.rows(ofClass: 0).count == 1000)
    #expect(data.identifiers.row(ofID: "img-00017") == 17)
    #expect(data.identifiers.subject(ofRow: 0) == "user:0472")
    let rows = data.identifiers.rows(ofSubject: "user:0472")
    #expect(rows.contains(0) && rows == rows.sorted())
    let clock = ContinuousClock()
    let start = clock.now
    let digests = try data.train.rowDigests(salt: Array("salt".utf8))
    let took = start.duration(to: clock.now)
    print("digests of 10,000 rows: \(took)")
    #expect(took < .seconds(1))
    #expect(digests.count == 10_000)
    #expect(try data.train.rowDigest(4711, salt: Array("salt".utf8)) == digests[4711])
    let honest = try data.honestHeldoutRows()
    print("held-out rows that are no training rows: \(honest.count) of 2000")
    #expect(honest.count <= 2000)
  }
}
