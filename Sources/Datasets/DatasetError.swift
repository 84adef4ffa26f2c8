package import Platform

/// The one error of this room: which file, which line or row, what was expected and found, how to mend it.
///
/// No text holds a cell, an id or a subject. Column names and paths are the operator's own words and are shown.
package enum DatasetError: Error, Sendable, Equatable {
  /// The system refused to open or read a file, or it is shorter than when it was opened.
  case file(PlatformError)
  /// A pattern that no file matches.
  case noFiles(pattern: String)
  case tooManyFiles(pattern: String, found: Int, limit: Int)
  /// A file that is not what its format asks for.
  case format(path: String, FormatFault)
  /// A CSV that cannot be read at this line (counted from 1) and, where it is known, column.
  case table(path: String, line: Int, column: String?, TableFault)
  /// An ids.csv, or id column, that does not name rows unambiguously.
  case identifiers(path: String, line: Int, IdentifierFault)
  /// A row whose bytes are no longer what they were when the file was opened.
  case changed(path: String, row: Int)
  /// A file that was written to while it was read whole.
  case changing(path: String)
  case noSuchRow(Int, count: Int)
  /// Data, configuration and model do not fit together: a sentence, with the mend.
  case unfit(String)
  /// The bounds of this room (`DatasetLimits`): what, how many, and the limit.
  case tooMany(what: String, path: String, found: Int, limit: Int)

  /// How a binary file breaks its format.
  package enum FormatFault: Error, Sendable, Equatable {
    /// The size is no multiple of a row's.
    case partialRow(size: Int, rowBytes: Int)
    case empty
    /// - Parameter row: of this file.
    case label(row: Int, found: Int, classes: Int)
    case fractionalLabel(row: Int)
    case magic(found: [UInt8])
    case elementType(found: UInt8)
    case dimensions(found: Int, expected: String)
    case overflow
    case size(found: Int, expected: Int)
    case rowCounts(samples: Int, labels: Int)
    case shape(found: [Int], expected: [Int])
    case gzip(String)
    case inflatedTooLarge(limit: Int)
    case header(String)
    case missingTensor(String)
    case tensorType(name: String, found: String)
    case notFinite(row: Int)
  }

  /// How a CSV breaks RFC 4180, or does not hold what the configuration says.
  package enum TableFault: Error, Sendable, Equatable {
    case noHeader
    case byteZero
    case notUTF8
    case lineTooLong(limit: Int)
    case strayQuote
    case unclosedQuote
    case textAfterQuote
    case bareCarriageReturn
    case fieldCount(found: Int, expected: Int)
    case emptyColumnName(position: Int)
    case repeatedColumn
    case missingColumn(known: [String])
    case otherHeader(than: String)
    case notANumber
    case emptyCell
    case notFinite
    case badLabel
    case negativeLabel
    case unknownClass(known: Int)
    case noFeatures
    case featureIsLabel
  }

  package enum IdentifierFault: Sendable, Equatable {
    case badRow
    case rowPastEnd(row: Int, count: Int)
    case repeatedRow(row: Int, firstLine: Int)
    case repeatedID(firstLine: Int)
  }
}
