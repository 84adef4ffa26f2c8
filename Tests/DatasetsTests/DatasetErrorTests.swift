import Datasets
import Platform
import Testing

@Suite struct DatasetErrorTests {
  @Test(
    arguments: [
      (
        DatasetError.noFiles(pattern: "/d/*.bin"),
        "no file matches /d/*.bin; check the path and the names in that directory"
      ),
      (
        .format(path: "/d/x", .partialRow(size: 10, rowBytes: 3073)),
        "/d/x: its 10 bytes are no whole number of rows of 3073; copy the file again, whole"
      ),
      (
        .format(path: "/d/x", .magic(found: [0x50, 0x4b])),
        "/d/x: it begins with 504b, and an IDX file with two zero bytes; check that the file is the right one"
      ),
      (
        .format(path: "/d/x", .gzip("it is cut off")),
        "/d/x: it cannot be inflated: it is cut off; copy the file again, whole"
      ),
      (
        .table(path: "/d/x", line: 7, column: "age", .notANumber),
        "/d/x:7: column \"age\": not a number; "
          + "write decimal numbers with a point, or list the columns to use under `features`"
      ),
      (
        .table(path: "/d/x", line: 7, column: nil, .fieldCount(found: 3, expected: 4)),
        "/d/x:7: 3 fields, and the header has 4; give every line as many fields; quote those that hold commas"
      ),
      (
        .table(path: "/d/x", line: 1, column: "l", .missingColumn(known: ["a", "b"])),
        "/d/x:1: column \"l\": there is no such column; the header has \"a\", \"b\""
      ),
      (
        .identifiers(path: "/d/ids.csv", line: 3, .rowPastEnd(row: 9, count: 9)),
        "/d/ids.csv:3: row 9 is past the end: there are 9 training rows, counted from 0; "
          + "check that these ids belong to these data"
      ),
      (
        .changed(path: "/d/x", row: 4),
        "/d/x: row 4 of the split is not what it was when the file was opened; let nobody write to the data "
          + "while hamud works; bring the file back, or tell hamud of new data"
      ),
      (.noSuchRow(5, count: 5), "row 5 was asked for and there are 5; count from 0"),
      (
        .tooMany(what: "columns", path: "/d/x", found: 9, limit: 8),
        "/d/x: 9 columns, at most 8 are read; split the data, or check that the file is the right one"
      ),
    ] as [(DatasetError, String)])
  func message_saysWhereWhatAndHowToMend(error: DatasetError, text: String) { #expect(error.description == text) }

  @Test func columnNames_cannotForgeLines() {
    let error = DatasetError.table(path: "/d/x", line: 1, column: "a\nERROR: all lost\u{1B}[2J", .repeatedColumn)
    #expect(!error.description.contains("\n") && !error.description.contains("\u{1B}"))
  }

  /// Everything personal in a table is planted in every kind of refusal, and none of them repeats it.
  @Test func messages_neverHoldCellsIDsOrSubjects() throws {
    let secret = "Zarathustra"
    let scratch = try Scratch()
    try scratch.write("heldout.csv", "who,owner,a,label\n\(secret),\(secret),1,0\n")
    let bodies = [
      "\(secret),\(secret),\(secret),0\n", "\(secret),\(secret),1\n", "\(secret),\"\(secret)\"x,1,1\n",
      "\(secret),\(secret),1,0\n\(secret),\(secret),1,0\n", "p,q,1,-1\nr,\(secret),1,0.5\n",
      "\(secret),\"\(secret),1,0\n", "\(secret),\(secret)\0,1,0\n", "\(secret),\(secret),1,\n",
    ]
    for body in bodies {
      try scratch.write("train.csv", "who,owner,a,label\n" + body)
      let error = try #require(refusal(table(scratch, id: "who", subject: "owner")))
      #expect(!error.description.contains(secret), "\(error)")
    }
    try scratch.write("train.csv", "who,owner,a,label\np,q,1,yes\nr,s,1,\(secret)\n")
    let known = Preparation(classNames: ["yes", "no"])
    let error = try #require(refusal(table(scratch, id: "who", subject: "owner"), for: known))
    #expect(!error.description.contains(secret))
  }

  @Test func fileThatIsNotThere_isNamed() throws {
    let scratch = try Scratch()
    let error = try #require(refusal(tensors(scratch)))
    guard case .file(let cause) = error else {
      Issue.record("\(error)")
      return
    }
    #expect(cause.code == .noSuchFile && error.description.contains(scratch.at("train.safetensors")))
  }
}
