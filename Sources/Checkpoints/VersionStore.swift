/// The versions of one model, below /var/lib/hamud/models/NAME.
///
///     versions/000042/      complete and sealed; never changes
///     candidates/000043/    being written; belongs to no version yet
///     current               -> versions/000042
///     progress/17.safetensors   a paused run of batch 17
///
/// A version is made in four steps, each durable when it returns: a candidate (`importDirectory`, `receive`,
/// `writeCandidate`), `seal`, `adopt`, `makeCurrent`. After a crash between two of them `current` names the old version.
package struct VersionStore: Sendable {
  /// The model's own directory.
  package let directory: String
  /// The model's name.
  package let model: String

  package init(directory: String, model: String) {
    self.directory = directory
    self.model = model
  }

  /// A directory with all files of a version to be, hamud.json excepted.
  package struct Candidate: Sendable {
    package let number: Int
    package let path: String
    /// Files of an imported directory that were not taken: other copies of the weights would still remember.
    package let leftOut: [String]

    /// The candidate as a model, read back from disk.
    package func open() throws(CheckpointError) -> ModelDirectory { try ModelDirectory.open(path) }
  }

  /// A version, or a candidate that has its record.
  package struct Version: Sendable {
    package let number: Int
    package let path: String
    package let record: VersionRecord
    /// `sha256:` and the hex digest of hamud.json's bytes: what receipts and the next version's record name.
    package let recordDigest: String

    package func open() throws(CheckpointError) -> ModelDirectory { try ModelDirectory.open(path) }
  }
}

// MARK: - Looking

extension VersionStore {
  /// Makes the directories, 0750. Nothing happens to those that exist.
  package func prepare() throws(CheckpointError) { preconditionFailure() }

  /// The numbers of the versions there are, ascending.
  package func list() throws(CheckpointError) -> [Int] { preconditionFailure() }

  /// What `current` names; nil before the first version.
  package func currentNumber() throws(CheckpointError) -> Int? { preconditionFailure() }

  /// The current version, opened; nil before the first.
  package func current() throws(CheckpointError) -> Version? { preconditionFailure() }

  /// A version whose record is whole and whose files are there, no more and no fewer, with the sizes on record.
  ///
  /// - Parameter recordDigest: what the ledger or the next version holds; compared when given.
  package func open(_ number: Int, recordDigest: String? = nil) throws(CheckpointError) -> Version {
    preconditionFailure()
  }

  /// The same, and reads every byte: throws `.fileDigest` for the first file, in byte order of names, that differs.
  @discardableResult
  package func verifyDigests(_ number: Int, recordDigest: String? = nil) throws(CheckpointError) -> Version {
    preconditionFailure()
  }
}

// MARK: - Making

extension VersionStore {
  /// Copies a model directory, file by file, into a new candidate.
  ///
  /// Symbolic links to files are followed (Hugging Face's cache consists of them). Left out: directories, names that
  /// begin with a dot, hamud.json, and other copies of the weights (pickles, other formats, safetensors files that are
  /// not the model's), which would still remember what the version forgets.
  /// - Parameter data: becomes hamud-data.json where the directory has none.
  package func importDirectory(
    from source: String, number: Int, data: DataRecord? = nil
  ) throws(CheckpointError) -> Candidate {
    preconditionFailure()
  }

  /// Begins a candidate whose files come one by one, as a model does that is handed over a socket.
  package func receive(number: Int) throws(CheckpointError) -> CandidateReceiver { preconditionFailure() }

  /// Writes a candidate from a run's weights: every file of the version that the run started from, and every tensor with
  /// its name, shape and type; those that train are rounded to their type.
  package func writeCandidate(
    number: Int, from parent: Version, weights: WeightMap
  ) throws(CheckpointError) -> Candidate {
    preconditionFailure()
  }

  /// Reads every file of the candidate back, writes their sizes and digests with `record` into its hamud.json.
  ///
  /// - Parameter record: `files` in it is not looked at. `model` and `version` must be this store's and the candidate's.
  package func seal(_ candidate: Candidate, record: VersionRecord) throws(CheckpointError) -> Version {
    preconditionFailure()
  }

  /// Makes a sealed candidate a version, by one rename. It is not current yet.
  package func adopt(_ sealed: Version) throws(CheckpointError) -> Version { preconditionFailure() }

  /// Lets `current` name a version, by one rename; it is never missing in between.
  package func makeCurrent(_ number: Int) throws(CheckpointError) { preconditionFailure() }

  /// Removes every candidate: what a crash left.
  package func discardCandidates() throws(CheckpointError) { preconditionFailure() }

  /// Removes a version that is not current: one that was adopted and of which the ledger knows nothing.
  package func remove(_ number: Int) throws(CheckpointError) { preconditionFailure() }

  /// Where the paused run of a batch is saved.
  package func progressPath(batch: Int) -> String { preconditionFailure() }
}
