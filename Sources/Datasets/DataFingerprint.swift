import Platform

/// Which files the rows were read from: noticed by size and time, decided by digest.
package struct DataFingerprint: Sendable, Equatable, Codable {
  /// What a file is for.
  package enum Role: String, Sendable, Codable {
    case train
    case heldout
    case identifiers
  }

  package struct File: Sendable, Equatable, Codable {
    package let role: Role
    package let path: String
    package let size: Int
    /// Since 1970, UTC.
    package let modifiedNanoseconds: Int64
    /// SHA-256 of the bytes, in hex.
    package let sha256: String

    package init(role: Role, path: String, size: Int, modifiedNanoseconds: Int64, sha256: String) {
      self.role = role
      self.path = path
      self.size = size
      self.modifiedNanoseconds = modifiedNanoseconds
      self.sha256 = sha256
    }
  }

  /// Training, held-out, identifiers, each in the order in which its rows are counted.
  package let files: [File]

  package init(files: [File]) { self.files = files }

  /// Whether row numbers mean the same in both: by content and order, not by paths and times.
  package func hasContent(of other: DataFingerprint) -> Bool {
    files.map(ContentKey.init) == other.files.map(ContentKey.init)
  }

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
  ///
  /// - Throws: also where a file was written to since it was opened.
  package func takeFingerprint() throws(DatasetError) -> DataFingerprint {
    DataFingerprint(files: try files.map { (file) throws(DatasetError) in try file.fingerprint() })
  }

  /// Compares the open files with a fingerprint: by role, path, size and time, and by digest where those differ.
  package func compare(with known: DataFingerprint) throws(DatasetError) -> DataFingerprint.Change {
    let isSame = known.files.count == files.count && zip(files, known.files).allSatisfy { $0.looksLike($1) }
    if isSame { return .none }
    let now = try takeFingerprint()
    if now.hasContent(of: known) { return .touched(now) }
    return .changed(Self.difference(from: known.files, to: now.files), now)
  }

  /// Whether the description still leads to the open files, unchanged by size and time. Cheap: a stat for each file.
  ///
  /// False means: open the data again and compare. So an error on the way is false too: opening meets it again and says it.
  package func isStillWhatWasOpened(_ description: DatasetDescription) -> Bool {
    guard let paths = try? DataPaths(description).all, paths.count == files.count else { return false }
    return zip(paths, files).allSatisfy { path, opened in
      path.role == opened.role && (try? DataFile.identity(of: path.path)) == opened.file.data.identity
    }
  }

  /// The first file that differs, in words.
  private static func difference(from before: [DataFingerprint.File], to now: [DataFingerprint.File]) -> String {
    for file in now {
      guard let old = before.first(where: { $0.path == file.path && $0.role == file.role }) else {
        return "\(file.path) is new among the data"
      }
      if old.sha256 != file.sha256 {
        let sizes = old.size == file.size ? "the same size" : "\(file.size) bytes, before \(old.size)"
        return "\(file.path) has other content than before (\(sizes))"
      }
    }
    if let gone = before.first(where: { old in !now.contains { $0.path == old.path && $0.role == old.role } }) {
      return "\(gone.path) is no longer among the data"
    }
    return "the files of the data are counted in another order"
  }
}

/// What decides whether rows keep their numbers: content and order, not the paths.
private struct ContentKey: Equatable {
  let role: DataFingerprint.Role
  let sha256: String

  init(_ file: DataFingerprint.File) {
    role = file.role
    sha256 = file.sha256
  }
}

/// An open file and what it is for.
struct RoledFile: Sendable {
  let role: DataFingerprint.Role
  let file: OpenFile

  func looksLike(_ known: DataFingerprint.File) -> Bool {
    let identity = file.data.identity
    return known.role == role && known.path == file.path && known.size == identity.size
      && known.modifiedNanoseconds == identity.mtimeNanoseconds
  }

  func fingerprint() throws(DatasetError) -> DataFingerprint.File {
    do {
      let digest = try file.data.sha256()
      let identity = file.data.identity
      guard try file.data.currentIdentity() == identity else { throw DatasetError.changing(path: file.path) }
      return DataFingerprint.File(
        role: role, path: file.path, size: identity.size, modifiedNanoseconds: identity.mtimeNanoseconds,
        sha256: digest.hex)
    } catch let error as PlatformError {
      throw .file(error)
    } catch let error as DatasetError {
      throw error
    } catch {
      // Only the two above can be thrown.
      throw .changing(path: file.path)
    }
  }
}
