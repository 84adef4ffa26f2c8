package import Platform

/// A candidate whose files come one by one from somewhere else: `hamuctl import` reads a directory that the daemon does
/// not see, and hands the files of its `ImportPlan` over.
package struct CandidateReceiver: Sendable {
  package let number: Int
  package let path: String

  /// Begins one file: write its bytes into what is returned, in pieces of any size, and `commit` it. What is not
  /// committed does not appear.
  ///
  /// - Throws: `.directory` for a name that a version may not hold.
  package func file(_ name: String) throws(CheckpointError) -> DurableFileWriter {
    guard WeightFiles.takes(name) else {
      throw .directory(path, problem: "a version cannot hold a file named \(CheckpointError.quoted(name))")
    }
    let names = try system { () throws(PlatformError) in try DurableDirectory.list(path) }
    guard names.count < CheckpointLimits.files else {
      throw .directory(path, problem: "at most \(CheckpointLimits.files) files are taken; import the model's alone")
    }
    return try system { () throws(PlatformError) in
      try DurableFileWriter(
        path: Paths.join(path, name), attributes: FileAttributes(mode: VersionStore.fileMode))
    }
  }

  /// Checks that what came is a model, whole, and nothing beside it.
  ///
  /// - Parameter data: becomes hamud-data.json where none came.
  package func finish(data: DataRecord? = nil) throws(CheckpointError) -> VersionStore.Candidate {
    let model = try ModelDirectory.open(path)
    if let data, model.data == nil {
      try publish(data.render(), to: Paths.join(path, DataRecord.fileName), mode: VersionStore.fileMode)
    }
    let plan = try ImportPlan(of: path)
    guard plan.leftOut.isEmpty else {
      throw .directory(
        path, problem: "the file \(CheckpointError.quoted(plan.leftOut[0])) is not the model's; import it without")
    }
    return VersionStore.Candidate(number: number, path: path, leftOut: [])
  }
}
