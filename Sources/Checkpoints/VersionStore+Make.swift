package import Platform

extension VersionStore {
  /// Copies a model directory, file by file, into a new candidate.
  ///
  /// Symbolic links to files are followed (Hugging Face's cache consists of them). Left out: whatever is not a regular
  /// file, names that begin with a dot, hamud.json, and other copies of the weights (pickles, other formats, safetensors
  /// files that are not the model's), which would still remember what later versions forget.
  /// - Parameter data: becomes hamud-data.json where the directory has none.
  package func importDirectory(
    from source: String, number: Int, data: DataRecord? = nil
  ) throws(CheckpointError) -> Candidate {
    let plan = try ImportPlan(of: source)
    let receiver = try receive(number: number)
    do {
      for name in plan.files {
        try copy(Paths.join(source, name), to: Paths.join(receiver.path, name))
      }
      let candidate = try receiver.finish(data: data)
      return Candidate(number: number, path: candidate.path, leftOut: plan.leftOut)
    } catch {
      discard(receiver.path)
      throw error
    }
  }

  /// Begins a candidate whose files come one by one, as a model does that is handed over a socket.
  package func receive(number: Int) throws(CheckpointError) -> CandidateReceiver {
    CandidateReceiver(number: number, path: try makeCandidate(number))
  }

  /// Writes a candidate from a run's weights: every file of the version that the run started from, and every tensor with
  /// its name, shape and type; those that train are rounded to their type.
  package func writeCandidate(
    number: Int, from parent: Version, weights: WeightMap
  ) throws(CheckpointError) -> Candidate {
    let model = try parent.open()
    // Two versions have equal headers: only the place tells whose weights these are, and weights of another parent would
    // bring back what was forgotten since.
    guard weights.model.path == parent.path, weights.model.weights == model.weights else {
      throw .version(parent.number, .otherTensors)
    }
    let path = try makeCandidate(number)
    do {
      for file in parent.record.files {
        let target = Paths.join(path, file.name)
        if let weightFile = model.weights.first(where: { $0.name == file.name }) {
          let source = try SafetensorsFile(model.path(of: weightFile), expecting: weightFile.header)
          try WeightWriter(source: source, weights: weights).write(to: target, mode: Self.fileMode)
        } else {
          try copyChecked(file, from: parent, to: target)
        }
      }
      return Candidate(number: number, path: path, leftOut: [])
    } catch {
      discard(path)
      throw error
    }
  }

  /// Reads every file of the candidate back and writes their sizes and digests, with `record`, into its hamud.json.
  ///
  /// - Parameter record: `files` in it is not looked at; `parentRecord` is filled in from the parent where it is nil.
  ///   `model` and `version` must be this store's and the candidate's.
  /// - Parameters:
  ///   - parentIsLost: `parentRecord` is what the ledger has of a parent that is damaged or gone, and nothing here is asked for it.
  ///   - key: signs the record.
  package func seal(
    _ candidate: Candidate, record: VersionRecord, parentIsLost: Bool = false, key: SigningKey? = nil
  ) throws(CheckpointError) -> Version {
    guard record.model == model, record.version == candidate.number else {
      let what = "a record of version \(record.version) of \(CheckpointError.quoted(record.model)) was to be sealed"
      throw .version(candidate.number, .badRecord(what))
    }
    var sealed = record
    if let parent = record.parent, !(parentIsLost && record.parentRecord != nil) {
      let digest = try readRecord(parent, at: versionPath(parent)).recordDigest
      if let claimed = record.parentRecord, claimed != digest {
        throw .version(parent, .recordDigest(found: digest, expected: claimed))
      }
      sealed.parentRecord = digest
    }
    // What cannot be loaded must not be sealed, whoever made the candidate.
    _ = try candidate.open()
    sealed.files = try describeFiles(in: candidate)
    let bytes = try key.map { (key) throws(CheckpointError) in try sealed.render(signedBy: key) } ?? sealed.render()
    try publish(bytes, to: Paths.join(candidate.path, VersionRecord.fileName), mode: Self.fileMode)
    return try readRecord(candidate.number, at: candidate.path)
  }

  private func describeFiles(in candidate: Candidate) throws(CheckpointError) -> [VersionRecord.File] {
    let names = try system { () throws(PlatformError) in try DurableDirectory.list(candidate.path) }
    var files: [VersionRecord.File] = []
    for name in names where name != VersionRecord.fileName {
      guard WeightFiles.takes(name) else { throw .version(candidate.number, .strayFile(name)) }
      files.append(try Self.describe(name, in: candidate.path))
    }
    return files
  }

  /// A file that a version keeps is compared with its record while it is copied: damage must not pass into a new
  /// version, where it would have a fresh digest.
  private func copyChecked(
    _ file: VersionRecord.File, from parent: Version, to target: String
  ) throws(CheckpointError) {
    let found = try Self.describe(file.name, in: parent.path)
    guard found == file else {
      throw .version(parent.number, .fileDigest(file.name, found: found.digest, expected: file.digest))
    }
    try copy(Paths.join(parent.path, file.name), to: target)
  }

  /// A file that somebody writes to meanwhile would be half the old and half the new.
  private func copy(_ source: String, to target: String) throws(CheckpointError) {
    let (before, after) = try system { () throws(PlatformError) in
      let file = try DataFile(path: source)
      try DurableFile.copy(file, to: target, attributes: FileAttributes(mode: Self.fileMode))
      return (file.identity, try file.currentIdentity())
    }
    guard before == after else {
      throw .directory(source, problem: "it changed while it was copied; wait until it is written")
    }
  }

  /// An empty directory for a candidate. One that a failed attempt left is removed first.
  private func makeCandidate(_ number: Int) throws(CheckpointError) -> String {
    try Self.checkNumber(number)
    guard try !list().contains(number) else { throw .version(number, .exists) }
    try prepare()
    let path = candidatePath(number)
    try system { () throws(PlatformError) in
      try DurableDirectory.removeTree(path)
      try DurableDirectory.make(path, mode: Self.directoryMode)
    }
    return path
  }

  /// Removes what a failed attempt wrote, to give back the space. When that fails too, it is ignored: the first error is
  /// the one to tell, and the next start discards every candidate.
  private func discard(_ path: String) { _ = try? DurableDirectory.removeTree(path) }
}
