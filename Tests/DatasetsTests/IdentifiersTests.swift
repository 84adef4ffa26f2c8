import Datasets
import Testing

@Suite struct IdentifiersTests {
  private func open(_ ids: String) throws -> (data: Dataset?, error: DatasetError?, path: String) {
    let scratch = try Scratch()
    try scratch.write("train.bin", cifarRow(0, seed: 1) + cifarRow(1, seed: 2) + cifarRow(1, seed: 3))
    try scratch.write("test.bin", cifarRow(1, seed: 4))
    let path = try scratch.write("ids.csv", ids)
    let description = cifar10(scratch, ids: "ids.csv")
    if let error = refusal(description) { return (nil, error, path) }
    return (try Dataset.open(description), nil, path)
  }

  @Test func file_namesRowsInAnyOrder() throws {
    let (data, error, _) = try open("subject,row,id\nann,2,img-2\n\"bob, jr\",0,img-0\nann,1,\n")
    #expect(error == nil)
    let ids = try #require(data).identifiers
    #expect(ids.row(ofID: "img-2") == 2 && ids.row(ofID: "img-0") == 0 && ids.row(ofID: "") == nil)
    #expect(ids.rows(ofSubject: "ann") == [1, 2] && ids.rows(ofSubject: "bob, jr") == [0])
    #expect(ids.rows(ofSubject: "nobody").isEmpty && ids.subjectCount == 2)
    #expect(ids.id(ofRow: 1) == nil && ids.subject(ofRow: 1) == "ann")
    #expect(ids.idDigest(ofRow: 1, salt: [1]) == nil)
    #expect(ids.idDigest(ofRow: 2, salt: [1]) != ids.idDigest(ofRow: 2, salt: [2]))
  }

  @Test func twoSpellingsOfOneAccent_areOneID() throws {
    let (data, _, _) = try open("row,id\n0,caf\u{E9}\n")
    #expect(try #require(data).identifiers.row(ofID: "cafe\u{301}") == 0)
    let (_, error, path) = try open("row,id\n0,caf\u{E9}\n1,cafe\u{301}\n")
    #expect(error == .identifiers(path: path, line: 3, .repeatedID(firstLine: 2)))
  }

  @Test func files_thatDoNotNameRowsUnambiguously_areRefused() throws {
    func expect(_ text: String, line: Int, _ fault: DatasetError.IdentifierFault) throws {
      let (_, error, path) = try open(text)
      #expect(error == .identifiers(path: path, line: line, fault))
    }
    try expect("row,id\n0,a\n3,b\n", line: 3, .rowPastEnd(row: 3, count: 3))
    try expect("row,id\n0,a\n0,b\n", line: 3, .repeatedRow(row: 0, firstLine: 2))
    try expect("row,id\n0,a\n1,a\n", line: 3, .repeatedID(firstLine: 2))
    for row in ["-1", "", "x", "1.0", " 1", "99999999999999999999"] {
      try expect("row,id\n\(row),a\n", line: 2, .badRow)
    }
    let (_, error, path) = try open("id,subject\na,b\n")
    #expect(error == .table(path: path, line: 1, column: "row", .missingColumn(known: ["id", "subject"])))
    let (_, unnamed, other) = try open("row,name\n0,b\n")
    #expect(unnamed == .table(path: other, line: 1, column: "id", .missingColumn(known: ["row", "name"])))
  }

  @Test func fileBesideColumns_isRefused() throws {
    let scratch = try Scratch()
    try scratch.write("train.csv", "id,a,label\nx,1,0\n")
    try scratch.write("heldout.csv", "id,a,label\ny,1,0\n")
    try scratch.write("ids.csv", "row,id\n0,x\n")
    guard case .unfit = refusal(table(scratch, id: "id", ids: "ids.csv")) else {
      Issue.record("not refused")
      return
    }
  }
}
