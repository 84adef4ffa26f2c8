import Platform

/// Which files of a directory become a version. hamuctl makes the plan and hands over these files; the daemon makes it
/// for a directory that it may read itself.
package struct ImportPlan: Sendable, Equatable {
  /// In byte order.
  package let files: [String]
  /// What stays behind, in byte order: see `VersionStore.importDirectory`. Hidden names are not listed.
  package let leftOut: [String]

  /// - Throws: what `ModelDirectory.open` throws, and where there are too many files.
  package init(of source: String) throws(CheckpointError) {
    let model = try ModelDirectory.open(source)
    let weights = Set(model.weights.map(\.name))
    let names = try system { () throws(PlatformError) in try DurableDirectory.list(source) }
    var files: [String] = []
    var leftOut: [String] = []
    for name in names where !name.hasPrefix(".") && name != VersionRecord.fileName {
      let path = Paths.join(source, name)
      let isOther = WeightFiles.isSafetensors(name) && !weights.contains(name)
      guard WeightFiles.takes(name), !isOther,
        try system({ () throws(PlatformError) in try FileStatus.of(path) }).kind == .file
      else {
        leftOut.append(name)
        continue
      }
      files.append(name)
    }
    guard files.count <= CheckpointLimits.files else {
      throw .directory(source, problem: "it has \(files.count) files; at most \(CheckpointLimits.files) are taken")
    }
    self.files = files
    self.leftOut = leftOut
  }
}
