import Platform

extension VersionStore {
  /// The oldest version that has the candidate's weights, byte by byte; nil where none has. What a version remembers its weights
  /// remember under any number.
  ///
  /// Reads the candidate's weights, and of the versions the records alone: those of damaged ones, and of ones that are gone, count too.
  /// - Parameter kept: hamud.json of versions that were purged, by number.
  package func oldestVersion(
    withWeightsOf candidate: Candidate, kept: [Int: [UInt8]]
  ) throws(CheckpointError) -> Int? {
    var weights: [String] = []
    for file in try candidate.open().weights { weights.append(try Self.describe(file.name, in: candidate.path).digest) }
    weights.sort()
    // Ignored: a record that cannot be read tells nothing of the weights.
    var records = kept.compactMapValues { try? VersionRecord.parse($0) }
    for number in try list() { records[number] = try recordIfWhole(number) }
    return records.filter { $0.value.weights == weights }.keys.min()
  }
}

extension VersionRecord {
  /// The digests of the weight files, in byte order: a version has no other safetensors.
  fileprivate var weights: [String] { files.filter { WeightFiles.isSafetensors($0.name) }.map(\.digest).sorted() }
}
