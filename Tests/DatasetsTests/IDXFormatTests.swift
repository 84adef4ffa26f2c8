import Datasets
import Testing

@Suite struct IDXFormatTests {
  private let pixels = (0..<12).map { UInt8($0 * 20) }

  private func small(_ suffix: String = "", packed: ([UInt8]) -> [UInt8] = { $0 }) throws -> Scratch {
    let scratch = try Scratch()
    try scratch.write("train-images\(suffix)", packed(idx([3, 2, 2], pixels)))
    try scratch.write("train-labels\(suffix)", packed(idx([3], [2, 0, 1])))
    try scratch.write("heldout-images\(suffix)", packed(idx([1, 2, 2], [1, 2, 3, 4])))
    try scratch.write("heldout-labels\(suffix)", packed(idx([1], [2])))
    return scratch
  }

  @Test func pictures_haveOneChannelAndAreDividedBy255() throws {
    let scratch = try small()
    let data = try Dataset.open(images(scratch))
    #expect(data.sampleShape == [1, 2, 2])
    #expect(data.train.labels == [2, 0, 1] && data.classCount == 3)
    #expect(try data.train.values([1]) == pixels[4..<8].map { Float($0) / 255 })
    #expect(data.normalization == .none)
  }

  @Test func aRowOfVeryManyBytes_isScaledAsAShortOne() throws {
    let scratch = try small()
    for width in [4096, 4097] {
      let row = (0..<width).map { UInt8(truncatingIfNeeded: $0) }
      try scratch.write("train-images", idx([3, width], row + row + row))
      try scratch.write("heldout-images", idx([1, width], row))
      #expect(try Dataset.open(images(scratch)).train.values([1]) == row.map { Float($0) / 255 })
    }
  }

  @Test func gzippedFiles_giveTheSameRowsAndDigests() throws {
    let scratch = try small()
    let zipped = try small(".gz", packed: gzip)
    let plain = try Dataset.open(images(scratch))
    let inflated = try Dataset.open(images(zipped, suffix: ".gz"))
    #expect(try inflated.train.values([2, 0]) == plain.train.values([2, 0]))
    #expect(try inflated.train.rowDigests(salt: [7]) == plain.train.rowDigests(salt: [7]))
    // What lies on the disk is what is fingerprinted.
    #expect(try inflated.takeFingerprint().files[0].size == gzip(idx([3, 2, 2], pixels)).count)
  }

  @Test func gzipMembers_mayFollowOneAnother() throws {
    let scratch = try small()
    let bytes = idx([3, 2, 2], pixels)
    try scratch.write("train-images", gzip(Array(bytes[..<9])) + gzip(Array(bytes[9...])))
    #expect(try Dataset.open(images(scratch)).train.count == 3)
  }

  @Test func otherTypesOfNumbers_areReadBigEndian() throws {
    let scratch = try small()
    func write(_ type: UInt8, _ one: [UInt8]) throws {
      try scratch.write("train-images", idx(type: type, [3, 1], one + one + one))
      try scratch.write("heldout-images", idx(type: type, [1, 1], one))
    }
    let cases: [(UInt8, [UInt8], Float)] = [
      (9, [0xFE], -2), (0x0B, [0xFF, 0x00], -256), (0x0C, [0, 0, 1, 2], 258), (0x0D, [0x3F, 0xC0, 0, 0], 1.5),
      (0x0E, [0xC0, 0x04, 0, 0, 0, 0, 0, 0], -2.5),
    ]
    for (type, bytes, value) in cases {
      try write(type, bytes)
      let data = try Dataset.open(images(scratch))
      #expect(data.sampleShape == [1])
      #expect(try data.train.values([0, 2]) == [value, value])
    }
    try write(0x0D, [0x7F, 0xC0, 0, 0])
    #expect(throws: DatasetError.self) { try Dataset.open(images(scratch)).train.values([0]) }
  }

  @Test(arguments: [
    ([1, 0, 8, 3], DatasetError.FormatFault.magic(found: [1, 0, 8, 3])),
    ([0, 0, 7, 1, 0, 0, 0, 1, 5], .elementType(found: 7)),
    ([0, 0, 8, 0], .dimensions(found: 0, expected: "1 to 4")),
    ([0, 0, 8, 5], .dimensions(found: 5, expected: "1 to 4")),
    ([0, 0, 8], .size(found: 3, expected: 4)),
    ([0, 0, 8, 3, 0, 0], .size(found: 6, expected: 16)),
    (idx([3], [1, 2, 3]), .dimensions(found: 1, expected: "2 to 4 (rows first)")),
    (idx([3, 2, 2], [1, 2]), .size(found: 18, expected: 28)),
    (idx([1, 2, 2], [1, 2, 3, 4, 5]), .size(found: 21, expected: 20)),
    (idx([0, 2, 2], []), .empty),
    (idx([3, 0, 2], []), .empty),
    (idx(type: 14, [0xFFFF_FFFF, 0xFFFF_FFFF, 0xFFFF_FFFF, 0xFFFF_FFFF], [1]), .overflow),
    (idx([2, 1 << 24, 2], [1]), .overflow),
    (idx(type: 14, [0xFFFF_FFFF, 1 << 24], [1]), .size(found: 13, expected: 12 + 0xFFFF_FFFF << 27)),
  ])
  func images_thatBreakTheFormat_areRefused(bytes: [UInt8], fault: DatasetError.FormatFault) throws {
    let scratch = try small()
    let path = try scratch.write("train-images", bytes)
    #expect(refusal(images(scratch)) == .format(path: path, fault))
  }

  @Test func labels_thatDoNotFit_areRefused() throws {
    let scratch = try small()
    let path = try scratch.write("train-labels", idx([2], [1, 1]))
    #expect(refusal(images(scratch)) == .format(path: path, .rowCounts(samples: 3, labels: 2)))
    try scratch.write("train-labels", idx(type: 0x0D, [3], [0x3F, 0xC0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]))
    #expect(refusal(images(scratch)) == .format(path: path, .fractionalLabel(row: 0)))
    try scratch.write("train-labels", idx(type: 0x0C, [3], [0, 0, 0, 1, 0x7F, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0]))
    #expect(refusal(images(scratch)) == .format(path: path, .label(row: 1, found: 0x7FFF_FFFF, classes: 65_536)))
    try scratch.write("train-labels", idx(type: 9, [3], [0, 0xFF, 0]))
    #expect(refusal(images(scratch)) == .format(path: path, .label(row: 1, found: -1, classes: 65_536)))
  }

  @Test func heldoutPictures_ofAnotherShape_areRefused() throws {
    let scratch = try small()
    let path = try scratch.write("heldout-images", idx([1, 2, 1], [1, 2]))
    #expect(refusal(images(scratch)) == .format(path: path, .shape(found: [1, 2, 1], expected: [1, 2, 2])))
  }

  @Test func gzip_thatIsCutOffOrDamaged_isRefused() throws {
    let scratch = try small()
    let whole = gzip(idx([3, 2, 2], pixels))
    for count in 2..<whole.count {
      let path = try scratch.write("train-images", Array(whole[..<count]))
      guard case .format(path, .gzip) = refusal(images(scratch)) else {
        Issue.record("cut after \(count) of \(whole.count) bytes: \(String(describing: refusal(images(scratch))))")
        continue
      }
    }
    for index in whole.indices where index >= 2 {
      var damaged = whole
      damaged[index] ^= 0x10
      try scratch.write("train-images", damaged)
      // Time stamp, operating system and a few flags may differ; nothing may crash, and what opens is what was packed.
      if refusal(images(scratch)) == nil {
        #expect(try Dataset.open(images(scratch)).train.values([0]) == pixels[..<4].map { Float($0) / 255 })
      }
    }
  }

  @Test func gzipBomb_stopsAtWhatItsHeaderAnnounces() throws {
    let scratch = try small()
    // 3 x 2 x 2 are announced; 8 MB follow.
    let path = try scratch.write("train-images", gzip(idx([3, 2, 2], [UInt8](repeating: 0, count: 8 << 20))))
    guard case .format(path, .size(let found, 28)) = refusal(images(scratch)) else {
      Issue.record("not refused by size: \(String(describing: refusal(images(scratch))))")
      return
    }
    #expect(found < 1 << 20)
  }

  @Test func gzip_thatAnnouncesMoreThanTheLimit_isRefusedBeforeItIsInflated() throws {
    let scratch = try small()
    let rows = DatasetLimits.inflatedBytes / 4
    let path = try scratch.write("train-images", gzip(idx([rows, 2, 2], [1, 2, 3])))
    #expect(
      refusal(images(scratch)) == .format(path: path, .inflatedTooLarge(limit: DatasetLimits.inflatedBytes)))
  }

  @Test func demoDigits_areReadAsShipped() throws {
    func files(_ split: String) -> DatasetDescription.ImageFiles {
      .init(images: demo("digits-\(split)-images.idx.gz"), labels: demo("digits-\(split)-labels.idx.gz"))
    }
    let data = try Dataset.open(DatasetDescription(source: .idx(train: files("train"), heldout: files("heldout"))))
    #expect(data.train.count == 1297 && data.heldout.count == 500)
    #expect(data.sampleShape == [1, 8, 8] && data.classCount == 10)
    let values = try data.train.values(Array(0..<1297))
    #expect(values.max() == 1 && values.min() == 0)
    #expect(try data.findings(for: ModelFit(input: .features(64), classCount: 10)).isEmpty)
  }
}
