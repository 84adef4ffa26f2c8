import Platform

extension CheckpointError {
  package var description: String {
    switch self {
    case .inFile(let path, let error): "\(path): \(error)"
    case .json(let offset, let fault): "byte \(offset) of the JSON: \(fault.description)"
    case .header(let fault): fault.description
    case .model(let problem): problem
    case .directory(let path, let problem): "\(path): \(problem)"
    case .version(let number, let fault): "version \(number): \(fault.description)"
    case .progress(let fault): fault.description
    case .system(let error): error.description
    case .tooLarge(let bytes, let limit): "\(bytes) bytes; at most \(limit) are read"
    }
  }

  /// The error without the files that it is in.
  package var cause: CheckpointError {
    if case .inFile(_, let error) = self { error.cause } else { self }
  }

  /// A version, or its record, is not what was sealed: nothing may be made from it.
  package var isDamage: Bool {
    guard case .version(_, let fault) = cause else { return false }
    switch fault {
    case .missing, .badRecord, .recordDigest, .missingFile, .strayFile, .fileSize, .fileDigest: return true
    case .exists, .isCurrent, .badNumber, .otherTensors: return false
    }
  }

  /// A full disk or quota: worth waiting for, and no fault of the model.
  package var isOutOfSpace: Bool { if case .system(let error) = cause { error.isOutOfSpace } else { false } }

  /// A name from a file, for a message: control characters escaped, at most 120 characters.
  static func quoted(_ name: String) -> String {
    var text = ""
    RecordValue.quote(String(name.prefix(120)), to: &text)
    return name.count > 120 ? text + "..." : text
  }
}

extension JSONFault: CustomStringConvertible {
  package var description: String {
    switch self {
    case .unexpectedEnd: "the text ends too early"
    case .unexpected(let byte, let wanted):
      byte > 0x20 && byte < 0x7f
        ? "'\(Character(Unicode.Scalar(byte)))' where \(wanted) must stand"
        : "the byte \(byte) where \(wanted) must stand"
    case .notUTF8: "not UTF-8"
    case .badEscape: "an escape that stands for no character"
    case .badNumber: "a number that cannot stand here"
    case .controlCharacter: "a control character inside a string"
    case .duplicateKey(let key): "the key \(CheckpointError.quoted(key)) stands here a second time"
    case .tooDeep(let limit): "nested deeper than \(limit) levels"
    case .trailing: "more text after the end of the value"
    }
  }
}

extension CheckpointError.HeaderFault: CustomStringConvertible {
  package var description: String { "not a safetensors file that can be trusted: \(problem)" }

  private var problem: String {
    switch self {
    case .truncated(let size, let needed): "it has \(size) bytes where the header needs \(needed)"
    case .tooLong(let bytes, let limit): "its header has \(bytes) bytes; at most \(limit) are allowed"
    case .notAnObject(let first):
      first.map { "its header begins with the byte \($0), not with '{'" } ?? "its header is empty"
    case .tooManyTensors(let limit): "it has more than \(limit) tensors"
    case .tooManyNumbers(let name, let limit): "tensor \(quoted(name)) has a list of more than \(limit) numbers"
    case .unknownType(let name, let word): "tensor \(quoted(name)) has the unknown dtype \(quoted(word))"
    case .unknownKey(let name, let key): "tensor \(quoted(name)) has the unknown key \(quoted(key))"
    case .incomplete(let name): "tensor \(quoted(name)) lacks dtype, shape or its two data_offsets"
    case .backwards(let name, let begins, let ends):
      "tensor \(quoted(name)) begins at \(begins) and ends before that, at \(ends)"
    case .overflow(let name): "the shape of tensor \(quoted(name)) is not a whole number of bytes below 2^63"
    case .tensorSize(let name, let found, let expected):
      "tensor \(quoted(name)) has \(found) bytes where its shape and dtype need \(expected)"
    case .notContiguous(let name, let begins, let expected):
      "tensor \(quoted(name)) begins at \(begins) where the one before it ends at \(expected)"
    case .dataSize(let found, let expected):
      "\(found) bytes follow the header where its tensors need \(expected)"
    case .changed: "its header is not the one that it had before; open the model again"
    }
  }

  private func quoted(_ name: String) -> String { CheckpointError.quoted(name) }
}

extension CheckpointError.VersionFault: CustomStringConvertible {
  package var description: String {
    switch self {
    case .missing: "there is no such version"
    case .exists: "there is such a version already, and a version never changes"
    case .isCurrent: "it is the current version; make another one current first"
    case .badNumber(let limit): "a version's number is from 1 to \(limit)"
    case .badRecord(let problem): "its hamud.json is damaged: \(problem); restore the directory from a backup"
    case .recordDigest(let found, let expected):
      "its hamud.json has the digest \(found) where \(expected) is on record; restore the directory from a backup"
    case .missingFile(let name): "the file \(quoted(name)) is missing; restore the directory from a backup"
    case .strayFile(let name): "the file \(quoted(name)) is not part of it; move it out of the directory"
    case .fileSize(let name, let found, let expected):
      "the file \(quoted(name)) has \(found) bytes where \(expected) are on record; restore it from a backup"
    case .fileDigest(let name, let found, let expected):
      "the file \(quoted(name)) has the digest \(found) where \(expected) is on record; restore it from a backup"
    case .otherTensors: "the weights to be written were not opened from this version; start the run again from it"
    }
  }

  private func quoted(_ name: String) -> String { CheckpointError.quoted(name) }
}

extension CheckpointError.ProgressFault: CustomStringConvertible {
  package var description: String {
    switch self {
    case .damaged(let problem): "the saved progress is damaged (\(problem)); the run has to start from its beginning"
    case .belongsElsewhere(let key, let found, let expected):
      "the saved progress has \(key) \(found) where this run has \(expected); the run has to start from its beginning"
    }
  }
}
