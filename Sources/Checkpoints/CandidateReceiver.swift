package import Platform

/// A candidate whose files come one by one from somewhere else: `hamuctl import` reads a directory that the daemon does
/// not see, and hands its files over.
package struct CandidateReceiver: Sendable {
  package let number: Int
  package let path: String

  /// True for the name of a file that may belong in a version. hamuctl asks before it sends anything.
  package static func takes(_ name: String) -> Bool { preconditionFailure() }

  /// Begins one file: write its bytes into what is returned, in pieces of any size, and `commit` it. What is not
  /// committed does not appear.
  ///
  /// - Throws: `.directory` for a name that `takes` refuses.
  package func file(_ name: String) throws(CheckpointError) -> DurableFileWriter { preconditionFailure() }

  /// Checks that what came is a model.
  ///
  /// - Parameter data: becomes hamud-data.json where none came.
  package func finish(data: DataRecord? = nil) throws(CheckpointError) -> VersionStore.Candidate {
    preconditionFailure()
  }
}
