/// Which files the rows were read from: noticed by size and time, decided by digest.
package struct DataFingerprint: Sendable, Equatable, Codable {
  package struct File: Sendable, Equatable, Codable {
    package let path: String
    package let size: Int
    /// Since 1970, UTC.
    package let modifiedNanoseconds: Int64
    /// SHA-256 of the bytes, in hex.
    package let sha256: String

    package init(path: String, size: Int, modifiedNanoseconds: Int64, sha256: String) {
      self.path = path
      self.size = size
      self.modifiedNanoseconds = modifiedNanoseconds
      self.sha256 = sha256
    }
  }

  /// Training, held-out, identifiers, each in the order in which its rows are counted.
  package let files: [File]

  package init(files: [File]) { self.files = files }

  /// What comparing gave.
  package enum Change: Sendable, Equatable {
    case none
    /// Sizes or times differ and the content does not (a copy, a touch): keep this fingerprint from now on.
    case touched(DataFingerprint)
    /// Other content: row numbers mean nothing in it. One sentence a person can act on, and the new fingerprint.
    case changed(String, DataFingerprint)
  }
}

extension Dataset {
  /// Reads every file whole, through the descriptors that the rows are read from. Blocking.
  package func takeFingerprint() throws(DatasetError) -> DataFingerprint {
    preconditionFailure()
  }

  /// Compares the files behind the open descriptors with a fingerprint: by path, size and time, and by digest where those differ.
  package func compare(with known: DataFingerprint) throws(DatasetError) -> DataFingerprint.Change {
    preconditionFailure()
  }

  /// Whether the paths still lead to the open files, unchanged by size and time. Cheap: a stat for each file.
  ///
  /// False means: open the data again and compare.
  package func isStillWhatWasOpened(_ description: DatasetDescription) -> Bool {
    preconditionFailure()
  }
}
