package import Platform

/// The one error of this room: which file, what was expected and found, how to mend it.
///
/// The text never holds a tensor's values, a subject or a sample. Names from a file are quoted, escaped and cut.
package indirect enum CheckpointError: Error, Sendable, CustomStringConvertible {
  /// Another error, in this file (a path).
  case inFile(String, CheckpointError)
  /// A JSON text is malformed at this byte of it.
  case json(at: Int, JSONFault)
  /// A safetensors header breaks a rule of the format.
  case header(HeaderFault)
  /// config.json, or another description of a model, says what cannot be.
  case model(String)
  /// A directory is no model that hamud can take.
  case directory(String, problem: String)
  /// A version is damaged or missing, or a step of its life was taken out of order.
  case version(Int, VersionFault)
  /// A file of a paused run does not belong to the run that is to go on, or is damaged.
  case progress(ProgressFault)
  /// The system refused: a full disk, a missing right, a damaged file system.
  case system(PlatformError)
  /// A file is larger than this room reads.
  case tooLarge(bytes: Int, limit: Int)

  /// A device or a limit failed, not what was read: the same may work the next time.
  package var isTransient: Bool {
    switch self {
    case .inFile(_, let error): error.isTransient
    case .system(let error): error.isTransient
    default: false
    }
  }

  /// A right is missing: what was asked for may be there, and whole.
  package var isDenied: Bool {
    switch self {
    case .inFile(_, let error): error.isDenied
    case .system(let error): error.isDenied
    default: false
    }
  }

  /// How a safetensors header breaks the format.
  package enum HeaderFault: Sendable, Equatable {
    case truncated(fileSize: Int, needed: Int)
    case tooLong(bytes: UInt64, limit: Int)
    case notAnObject(first: UInt8?)
    case tooManyTensors(limit: Int)
    case tooManyNumbers(name: String, limit: Int)
    case unknownType(name: String, String)
    case unknownKey(name: String, String)
    case incomplete(name: String)
    case backwards(name: String, begins: Int, ends: Int)
    case overflow(name: String)
    case tensorSize(name: String, found: Int, expected: Int)
    case notContiguous(name: String, begins: Int, expected: Int)
    case dataSize(found: Int, expected: Int)
    /// It was another header when the model was opened.
    case changed
  }

  /// What is wrong with a version.
  package enum VersionFault: Sendable, Equatable {
    case missing
    case exists
    case isCurrent
    case badNumber(limit: Int)
    case badRecord(String)
    case recordDigest(found: String, expected: String)
    case missingFile(String)
    case strayFile(String)
    case fileSize(String, found: Int, expected: Int)
    case fileDigest(String, found: String, expected: String)
    case otherTensors
  }

  /// Why a paused run cannot go on from a file.
  package enum ProgressFault: Sendable, Equatable {
    case damaged(String)
    case belongsElsewhere(key: String, found: String, expected: String)
  }
}
