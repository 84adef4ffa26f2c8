import Datasets
import Glibc
import Testing

/// The reader of cells against the C library's.
@Suite struct CSVNumberTests {
  private func read(_ cells: [String]) throws -> [Float] {
    let scratch = try Scratch()
    try scratch.write("train.csv", "a,label\n" + cells.map { "\($0),0\n" }.joined())
    try scratch.write("heldout.csv", "a,label\n1,0\n")
    let data = try Dataset.open(table(scratch, normalization: Normalization.none))
    return try data.train.values(Array(cells.indices))
  }

  @Test func cells_areRoundedAsTheCLibraryDoes() throws {
    var cells = [
      "0", "-0", "+1", "1.", ".5", "-.5e1", "1E5", "1e+22", "1e-22", "1e23", "123456789012345", "1234567890123456",
      "9007199254740993", "0.1", "00000000000000000000000000000.1", "3.4028234e38", "1e-46", "4.9e-324", "1e-400",
      "0.000000000000000000000000000000000000000000001", "12345678901234567890", "0e999999999999",
    ]
    var generator = Generator(7)
    for _ in 0..<5000 {
      let digits = String(
        UInt64.random(in: 0...UInt64.max >> UInt64.random(in: 0...60, using: &generator), using: &generator))
      let exponent = Int.random(in: -30...15, using: &generator)
      let cut = Int.random(in: 0...digits.count, using: &generator)
      let point = digits.prefix(cut) + "." + digits.dropFirst(cut)
      cells.append("\(point)\(Bool.random(using: &generator) ? "e\(exponent)" : "")")
    }
    let values = try read(cells)
    for (cell, value) in zip(cells, values) {
      #expect(value.bitPattern == Float(strtod(cell, nil)).bitPattern, "\(cell)")
    }
  }

  @Test func numbers_tooLargeForFloat32_areAnErrorAtTheRead() throws {
    #expect(throws: DatasetError.self) { try read(["1e39"]) }
  }
}
