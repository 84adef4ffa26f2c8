import Datasets
import Testing

@Suite struct CSVFormatTests {
  private func small() throws -> Scratch {
    let scratch = try Scratch()
    try scratch.write("train.csv", "a,b,label\n1,10,0\n2,10,2\n3,10,1\n6,10,1\n")
    try scratch.write("heldout.csv", "b,label,a\n10,1,4\n")
    return scratch
  }

  @Test func columns_areFoundByNameInEveryFile() throws {
    let scratch = try small()
    defer { scratch.keep() }
    let data = try Dataset.open(table(scratch, normalization: Normalization.none))
    #expect(data.features == ["a", "b"] && data.sampleShape == [2])
    #expect(data.train.labels == [0, 2, 1, 1] && data.classCount == 3 && data.classNames == nil)
    #expect(try data.train.values([3, 0]) == [6, 10, 1, 10])
    #expect(try data.heldout.values([0]) == [4, 10])
  }

  @Test func features_areStandardisedByTheTrainingSplit() throws {
    let scratch = try small()
    defer { scratch.keep() }
    let data = try Dataset.open(table(scratch))
    // a: mean 3, population variance 3.5; b never changes, so it becomes 0.
    #expect(data.normalization == Normalization(mean: [3, 10], deviation: [(3.5).squareRoot(), 1]))
    #expect(try data.heldout.values([0]) == [Float(1 / (3.5).squareRoot()), 0])
    let again = try Dataset.open(
      table(scratch),
      for: Preparation(normalization: Normalization(mean: [0, 0], deviation: [2, 10]), features: ["b", "a"]))
    #expect(again.features == ["b", "a"])
    #expect(try again.heldout.values([0]) == [5, 0.4])
  }

  @Test func features_otherThanTheModels_areRefused() throws {
    let scratch = try small()
    defer { scratch.keep() }
    guard
      case .unfit(let text) = refusal(
        table(scratch, features: ["a", "b"]), for: Preparation(features: ["b", "a"]))
    else {
      Issue.record("not refused")
      return
    }
    #expect(text.contains("hamud-data.json"))
  }

  @Test func quotes_lineEndings_blankLinesAndByteOrderMark_areAsInRFC4180() throws {
    let scratch = try small()
    try scratch.write(
      "train.csv",
      [0xEF, 0xBB, 0xBF] + Array("\"a\",\"b, \"\"wide\"\"\",label\r\n\r\n\"1\", 2.5 ,\"x\ny\"\r\n\n3,4,\"z,\"".utf8))
    try scratch.write("heldout.csv", "a,\"b, \"\"wide\"\"\",label\r\n7,8,\"x\ny\"\n")
    let data = try Dataset.open(table(scratch, normalization: Normalization.none))
    #expect(data.features == ["a", "b, \"wide\""])
    #expect(data.classNames == ["x\ny", "z,"])
    #expect(data.train.labels == [0, 1])
    #expect(try data.train.values([0, 1]) == [1, 2.5, 3, 4])
  }

  @Test func recordsAcrossChunks_areWhole() throws {
    let scratch = try small()
    var text = "a,b,label\n"
    for row in 0..<60_000 { text += "\(row),\(row % 7).25,\(row % 3)\n" }
    #expect(text.utf8.count > 1 << 19)
    try scratch.write("train.csv", text)
    let data = try Dataset.open(table(scratch, normalization: Normalization.none))
    #expect(data.train.count == 60_000)
    let rows = Array(stride(from: 0, to: 60_000, by: 997))
    #expect(try data.train.values(rows) == rows.flatMap { [Float($0), Float($0 % 7) + 0.25] })
  }

  @Test func files_ofOneSplit_areCountedThrough() throws {
    let scratch = try small()
    try scratch.write("train2.csv", "a,b,label\n9,9,0\n")
    let data = try Dataset.open(table(scratch, normalization: Normalization.none))
    #expect(data.train.count == 5)
    #expect(try data.train.values([4]) == [9, 9])
    let path = try scratch.write("train2.csv", "b,a,label\n9,9,0\n")
    #expect(
      refusal(table(scratch)) == .table(path: path, line: 1, column: nil, .otherHeader(than: scratch.at("train.csv"))))
  }

  @Test func words_becomeClassesInByteOrder() throws {
    let scratch = try small()
    try scratch.write("train.csv", "a,b,label\n1,1,pear\n2,2,Fig\n3,3,äpfel\n4,4,10\n")
    try scratch.write("heldout.csv", "a,b,label\n1,1,apple\n")
    let data = try Dataset.open(table(scratch))
    #expect(data.classNames == ["10", "Fig", "apple", "pear", "äpfel"])
    #expect(data.train.labels == [3, 1, 4, 0] && data.heldout.labels == [2])
    #expect(data.classCount == 5)
  }

  @Test func words_knownToTheModel_keepTheModelsNumbers() throws {
    let scratch = try small()
    try scratch.write("train.csv", "a,b,label\n1,1,no\n2,2,yes\n")
    try scratch.write("heldout.csv", "a,b,label\n1,1,no\n")
    let known = Preparation(classNames: ["yes", "no", "maybe"])
    let data = try Dataset.open(table(scratch), for: known)
    #expect(data.train.labels == [1, 0] && data.classNames == ["yes", "no", "maybe"] && data.classCount == 3)
    #expect(try Dataset.open(table(scratch), for: Preparation(classNames: ["0", "1"])).train.labels == [0, 1])
    let path = try scratch.write("heldout.csv", "a,b,label\n1,1,no\n1,1,never\n")
    #expect(
      refusal(table(scratch), for: known) == .table(path: path, line: 3, column: "label", .unknownClass(known: 3)))
  }

  @Test func wholeNumbers_mayBeWrittenWithAPoint() throws {
    let scratch = try small()
    try scratch.write("train.csv", "a,b,label\n1,1,0.0\n2,2,2.0\n")
    #expect(try Dataset.open(table(scratch)).train.labels == [0, 2])
    let path = try scratch.write("train.csv", "a,b,label\n1,1,0\n2,2,2.5\n")
    #expect(refusal(table(scratch)) == .table(path: path, line: 3, column: "label", .badLabel))
    try scratch.write("train.csv", "a,b,label\n1,1,-1\n2,2,2\n")
    #expect(refusal(table(scratch)) == .table(path: path, line: 2, column: "label", .negativeLabel))
  }

  @Test func idAndSubjectColumns_nameRows() throws {
    let scratch = try small()
    try scratch.write("train.csv", "who,a,b,label,owner\np1,1,10,0,ann\n,2,10,2,\np3,3,10,1,ann\n")
    let data = try Dataset.open(table(scratch, id: "who", subject: "owner"))
    #expect(data.features == ["a", "b"])
    #expect(data.identifiers.row(ofID: "p3") == 2 && data.identifiers.row(ofID: "p2") == nil)
    #expect(data.identifiers.rows(ofSubject: "ann") == [0, 2])
    #expect(data.identifiers.id(ofRow: 1) == nil && data.identifiers.subject(ofRow: 1) == nil)
    let path = try scratch.write("train.csv", "who,a,b,label,owner\np1,1,10,0,ann\np1,2,10,2,\n")
    #expect(
      refusal(table(scratch, id: "who", subject: "owner"))
        == .identifiers(path: path, line: 3, .repeatedID(firstLine: 2)))
  }

  @Test(
    arguments: [
      ("", 1, nil, DatasetError.TableFault.noHeader),
      ("\n\n", 1, nil, .noHeader),
      ("a,b,label\n1,2\n", 2, nil, .fieldCount(found: 2, expected: 3)),
      ("a,b,label\n1,2,3,4\n", 2, nil, .fieldCount(found: 4, expected: 3)),
      ("a,b,label\n1,\"2\n\n", 2, nil, .unclosedQuote),
      ("a,b,label\n1,2\"2,3\n\"", 2, nil, .strayQuote),
      ("a,b,label\n1,\"2\"2,3\n", 2, nil, .textAfterQuote),
      ("a,b,label\n1,2,3\r4,5,6\n", 2, nil, .bareCarriageReturn),
      ("a,b,label\n1,2,3\n1,\0,3\n", 3, nil, .byteZero),
      ("a,,label\n1,2,3\n", 1, nil, .emptyColumnName(position: 2)),
      ("a,a,label\n1,2,3\n", 1, "a", .repeatedColumn),
      ("a,b,Label\n1,2,3\n", 1, "label", .missingColumn(known: ["a", "b", "Label"])),
      ("label\n1\n", 1, nil, .noFeatures),
      ("a,b,label\n1,secret,0\n", 2, "b", .notANumber),
      ("a,b,label\n\"x\ny\",1,0\n", 2, "a", .notANumber),
      ("a,b,label\n1,1,\"0\n0\"\n1,nan,0\n", 4, "b", .notANumber),
      ("a,b,label\n1,inf,0\n", 2, "b", .notANumber),
      ("a,b,label\n1,0x10,0\n", 2, "b", .notANumber),
      ("a,b,label\n1,1e,0\n", 2, "b", .notANumber),
      ("a,b,label\n1,1_0,0\n", 2, "b", .notANumber),
      ("a,b,label\n1,.,0\n", 2, "b", .notANumber),
      ("a,b,label\n1,1e400,0\n", 2, "b", .notFinite),
      ("a,b,label\n1, ,0\n", 2, "b", .emptyCell),
      ("a,b,label\n1,1,\n", 2, "label", .emptyCell),
    ] as [(String, Int, String?, DatasetError.TableFault)])
  func tables_thatCannotBeRead_areRefusedWithLineAndColumn(
    text: String, line: Int, column: String?, fault: DatasetError.TableFault
  ) throws {
    let scratch = try small()
    let path = try scratch.write("train.csv", text)
    #expect(refusal(table(scratch)) == .table(path: path, line: line, column: column, fault))
  }

  @Test func listedFeatures_mustBeThereOnceAndNotBeTheLabel() throws {
    let scratch = try small()
    func fault(_ features: [String]) -> DatasetError.TableFault? {
      guard case .table(_, 1, _, let fault) = refusal(table(scratch, features: features)) else { return nil }
      return fault
    }
    #expect(fault(["c"]) == .missingColumn(known: ["a", "b", "label"]))
    #expect(fault(["a", "a"]) == .repeatedColumn)
    #expect(fault(["a", "label"]) == .featureIsLabel)
    #expect(fault([]) == .noFeatures)
    #expect(try Dataset.open(table(scratch, features: ["b"])).sampleShape == [1])
  }

  @Test func text_thatIsNotUTF8_isRefused() throws {
    let scratch = try small()
    let path = try scratch.write("train.csv", Array("a,b,label\n1,1,".utf8) + [0xFF, 0x0A])
    #expect(refusal(table(scratch)) == .table(path: path, line: 2, column: "label", .notUTF8))
    try scratch.write("train.csv", Array("a,b,label,".utf8) + [0xC3, 0x0A])
    #expect(refusal(table(scratch)) == .table(path: path, line: 1, column: nil, .notUTF8))
  }

  @Test func line_atTheLimit_isRead_andOnePastIt_isRefused() throws {
    let scratch = try small()
    func line(_ bytes: Int) -> String { "1,1," + String(repeating: "w", count: bytes - 4) }
    try scratch.write("train.csv", "a,b,label\r\n" + line(DatasetLimits.lineBytes) + "\r\n")
    try scratch.write("heldout.csv", "a,b,label\n1,1,v\n")
    #expect(try Dataset.open(table(scratch)).train.count == 1)
    for ending in ["\r\n", "\n", "", "\n1,1,v\n"] {
      let path = try scratch.write("train.csv", "a,b,label\n" + line(DatasetLimits.lineBytes + 1) + ending)
      #expect(
        refusal(table(scratch))
          == .table(path: path, line: 2, column: nil, .lineTooLong(limit: DatasetLimits.lineBytes)))
    }
    // A quote that is never closed swallows lines until the limit stops it.
    let path = try scratch.write(
      "train.csv", "a,b,label\n1,\"1,1\n" + String(repeating: "1,1,1\n", count: DatasetLimits.lineBytes / 5))
    #expect(
      refusal(table(scratch)) == .table(path: path, line: 2, column: nil, .lineTooLong(limit: DatasetLimits.lineBytes)))
  }

  @Test func columns_asManyAsMayBe_areFoundInAnyOrder() throws {
    let scratch = try small()
    let names = (1..<DatasetLimits.columns).map { "c\($0)" }
    let header = names.joined(separator: ",") + ",label\n"
    let row = (1..<DatasetLimits.columns).map(String.init).joined(separator: ",") + ",0\n"
    for file in ["train.csv", "heldout.csv"] { try scratch.write(file, header + row) }
    let backwards = Array(names.reversed())
    let data = try Dataset.open(table(scratch, features: backwards, normalization: Normalization.none))
    #expect(data.features == backwards)
    #expect(try data.train.values([0]) == (1..<DatasetLimits.columns).reversed().map { Float($0) })
  }

  @Test func columns_pastTheLimit_areRefused() throws {
    let scratch = try small()
    let names = (0..<DatasetLimits.columns).map { "c\($0)" }.joined(separator: ",")
    let path = try scratch.write("train.csv", names + ",label\n")
    #expect(
      refusal(table(scratch))
        == .tooMany(what: "columns", path: path, found: DatasetLimits.columns + 1, limit: DatasetLimits.columns))
  }

  @Test func labels_pastTheLimit_areRefused() throws {
    let scratch = try small()
    var text = "a,b,label\n"
    for row in 0...DatasetLimits.classes { text += "1,1,w\(row)\n" }
    let path = try scratch.write("train.csv", text)
    #expect(
      refusal(table(scratch))
        == .tooMany(
          what: "different labels", path: path, found: DatasetLimits.classes + 1, limit: DatasetLimits.classes))
  }

  @Test func header_withoutRows_isRefused() throws {
    let scratch = try small()
    let path = try scratch.write("heldout.csv", "a,b,label\n")
    #expect(refusal(table(scratch)) == .format(path: path, .empty))
  }

  @Test func file_rewrittenWhileOpen_givesAnError() throws {
    let scratch = try small()
    let data = try Dataset.open(table(scratch))
    scratch.overwrite("train.csv", at: 10, Array("x".utf8))
    #expect(throws: DatasetError.changed(path: scratch.at("train.csv"), row: 0)) { try data.train.values([0]) }
    scratch.overwrite("train.csv", at: 18, Array("\n".utf8))
    #expect(throws: DatasetError.changed(path: scratch.at("train.csv"), row: 1)) { try data.train.values([1]) }
    scratch.cut("train.csv", to: 20)
    #expect(throws: DatasetError.self) { try data.train.values([3]) }
  }

  @Test func spellingAndOrderOfColumns_doNotMakeAnotherRow() throws {
    let scratch = try small()
    let other = try Scratch()
    try other.write("train.csv", "label,b,a\n0,1e1,1.0\n2,\"10\",+2\n1,10.00,3\n1,10,6\n")
    try other.write("heldout.csv", "b,label,a\n10,1,4\n")
    let known = Preparation(features: ["a", "b"])
    #expect(
      try Dataset.open(table(scratch), for: known).train.rowDigests(salt: [1])
        == Dataset.open(table(other), for: known).train.rowDigests(salt: [1]))
  }

  @Test func demoPeople_areReadAsShipped() throws {
    let data = try Dataset.open(
      DatasetDescription(
        source: .csv(
          train: demo("people-train.csv"), heldout: demo("people-heldout.csv"),
          columns: .init(label: "education", id: "id"))))
    #expect(data.train.count == 1100 && data.heldout.count == 529)
    #expect(data.sampleShape == [53])
    #expect(data.classNames == ["college", "college-dropout", "grade-school", "high-school", "high-school-dropout"])
    #expect(data.identifiers.row(ofID: "person-0001") == 0)
    let values = try data.train.values(Array(0..<1100))
    for column in [0, 17, 52] {
      let cells = stride(from: column, to: values.count, by: 53).map { Double(values[$0]) }
      let mean = cells.reduce(0, +) / 1100
      #expect(abs(mean) < 1e-6)
      #expect(abs(cells.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 1100 - 1) < 1e-5)
    }
    #expect(try data.findings(for: ModelFit(input: .features(53), classCount: 5)).isEmpty)
  }
}
