import Platform

extension DatasetError: CustomStringConvertible {
  /// `where: what is wrong; how to mend it`.
  package var description: String {
    let (problem, mend) = problemAndMend
    return mend.isEmpty ? problem : "\(problem); \(mend)"
  }

  var problemAndMend: (problem: String, mend: String) {
    switch self {
    case .file(let error): return (error.description, "")
    case .noFiles(let pattern): return ("no file matches \(pattern)", "check the path and the names in that directory")
    case .tooManyFiles(let pattern, let found, let limit):
      return ("\(found) files match \(pattern) and at most \(limit) are read", "join some of them")
    case .format(let path, let fault):
      let (problem, mend) = fault.problemAndMend
      return ("\(path): \(problem)", mend)
    case .table(let path, let line, let column, let fault):
      let (problem, mend) = fault.problemAndMend
      let place = column.map { "\(path):\(line): column \(Self.shown($0))" } ?? "\(path):\(line)"
      return ("\(place): \(problem)", mend)
    case .identifiers(let path, let line, let fault):
      let (problem, mend) = fault.problemAndMend
      return ("\(path):\(line): \(problem)", mend)
    case .changed(let path, let row):
      return ("\(path): row \(row) of the split is not what it was when the file was opened", Self.changedMend)
    case .changing(let path): return ("\(path) was written to while it was read", Self.changedMend)
    case .noSuchRow(let row, let count): return ("row \(row) was asked for and there are \(count)", "count from 0")
    case .unfit(let sentence): return Self.split(sentence)
    case .tooMany(let what, let path, let found, let limit):
      return (
        "\(path): \(found) \(what), at most \(limit) are read",
        "split the data, or check that the file is the right one"
      )
    }
  }

  private static let changedMend =
    "let nobody write to the data while hamud works; bring the file back, or tell hamud of new data"

  /// The mend follows the last semicolon.
  private static func split(_ sentence: String) -> (String, String) {
    guard let cut = sentence.lastIndex(of: ";") else { return (sentence, "") }
    return (String(sentence[..<cut]), String(sentence[sentence.index(after: cut)...].drop { $0 == " " }))
  }

  /// A column's name between quotes, control characters escaped, cut where it is long.
  static func shown(_ name: String) -> String {
    let escaped = name.unicodeScalars.prefix(80).map { $0.properties.generalCategory == .control ? "?" : String($0) }
    return "\"" + escaped.joined() + (name.unicodeScalars.count > 80 ? "..." : "") + "\""
  }
}

extension DatasetError.FormatFault {
  private static let rightFile = "check that the file is the right one"

  var problemAndMend: (problem: String, mend: String) {
    switch self {
    case .partialRow(let size, let rowBytes):
      ("its \(size) bytes are no whole number of rows of \(rowBytes)", "copy the file again, whole")
    case .empty: ("it holds no rows", "check that the file is the right one")
    case .label(let row, let found, let classes):
      ("row \(row) of the file has label \(found), and labels are 0 to \(classes - 1)", Self.rightFile)
    case .fractionalLabel(let row):
      ("row \(row) of the file has a label that is no whole number", "number the classes from 0")
    case .magic(let found):
      ("it begins with \(hexadecimal(found)), and an IDX file with two zero bytes", Self.rightFile)
    case .elementType(let found):
      ("its element type is \(found), which IDX does not have", "check that the file is the right one")
    case .dimensions(let found, let expected):
      ("it has \(found) dimensions, expected \(expected)", "check that images and labels are not exchanged")
    case .overflow:
      ("one row is larger than \(DatasetLimits.sampleElements) numbers", "check that the file is the right one")
    case .size(let found, let expected):
      ("it has \(found) bytes of content and its header asks for \(expected)", "copy the file again, whole")
    case .rowCounts(let samples, let labels):
      ("there are \(samples) samples and \(labels) labels", "bring together the files that belong together")
    case .shape(let found, let expected):
      (
        "a sample has shape \(found) or another type of number, and shape \(expected) in the files before",
        "use files of one shape and type"
      )
    case .gzip(let words): ("it cannot be inflated: \(words)", "copy the file again, whole")
    case .inflatedTooLarge(let limit):
      ("it inflates to more than \(limit) bytes", "inflate it with gunzip and name the file without .gz")
    case .header(let words): (words, "")
    case .missingTensor(let name):
      ("it has no tensor \(name)", "write the samples as tensor x and the labels as tensor y")
    case .tensorType(let name, let found):
      ("tensor \(name) has type \(found)", "write samples as floats or bytes and labels as whole numbers")
    case .notFinite(let row): ("row \(row) of the split has a number that is not finite in float32", "mend that row")
    }
  }
}

extension DatasetError.TableFault {
  var problemAndMend: (problem: String, mend: String) {
    switch self {
    case .noHeader: ("there is no header line", "write the columns' names in the first line")
    case .byteZero: ("there is a zero byte", "save the table as UTF-8 text")
    case .notUTF8: ("it is not UTF-8", "save the table as UTF-8 text")
    case .lineTooLong(let limit): ("the line has more than \(limit) bytes", "check for a quote that is never closed")
    case .strayQuote:
      ("there is a quote inside a field that does not begin with one", "quote the whole field and double quotes inside")
    case .unclosedQuote: ("a quote is never closed", "close it, and double quotes inside a field")
    case .textAfterQuote: ("there is text after a closing quote", "double the quotes inside a field")
    case .bareCarriageReturn: ("there is a carriage return without a line feed", "end lines with LF or CR LF")
    case .fieldCount(let found, let expected):
      (
        "\(found) fields, and the header has \(expected)",
        "give every line as many fields; quote those that hold commas"
      )
    case .emptyColumnName(let position): ("column \(position) has no name", "name it")
    case .repeatedColumn: ("the name stands twice", "name every column once")
    case .missingColumn(let known): ("there is no such column", "the header has \(Self.list(known))")
    case .otherHeader(let first):
      ("the header is another than that of \(first)", "give the files of a split the same columns")
    case .notANumber:
      ("not a number", "write decimal numbers with a point, or list the columns to use under `features`")
    case .emptyCell: ("empty", "fill it in, or list the columns to use under `features`")
    case .notFinite: ("too large a number", "write numbers below 1e308")
    case .badLabel:
      (
        "a label is a fraction, or not below \(DatasetLimits.classes), and all others are numbers",
        "number the classes from 0, or use words"
      )
    case .negativeLabel: ("a label is negative", "number the classes from 0, or use words")
    case .unknownClass(let known):
      (
        "the label is none of the model's \(known) classes, though others are",
        "use the names of id2label in config.json"
      )
    case .noFeatures: ("no column is left for features", "name at least one column beside label, id and subject")
    case .featureIsLabel: ("it is the label and is listed under `features` too", "take it out of `features`")
    }
  }

  private static func list(_ names: [String]) -> String {
    let shown = names.prefix(12).map(DatasetError.shown).joined(separator: ", ")
    return names.count > 12 ? "\(shown) and \(names.count - 12) more" : shown
  }
}

extension DatasetError.IdentifierFault {
  var problemAndMend: (problem: String, mend: String) {
    switch self {
    case .badRow: ("the row is no number from 0", "write the zero-based row number of the training data")
    case .rowPastEnd(let row, let count):
      (
        "row \(row) is past the end: there are \(count) training rows, counted from 0",
        "check that these ids belong to these data"
      )
    case .repeatedRow(let row, let firstLine):
      ("row \(row) was named in line \(firstLine) before", "give each row one line")
    case .repeatedID(let firstLine):
      ("the id was given in line \(firstLine) before", "give each row an id of its own")
    }
  }
}
