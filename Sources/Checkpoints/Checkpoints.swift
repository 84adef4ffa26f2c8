// Checkpoints: model files and the versions made of them.
//
// OWNS       The safetensors format (header, element types, rounding); Hugging Face model directories (config.json,
//            one file or shards with an index); the memory-mapped weights of a run; the version store below
//            /var/lib/hamud/models/NAME: candidates, sealed versions, the `current` link, hamud.json and its chain of
//            parent records; the file that holds a paused run.
// REFUSES    Whatever a strict reader must: a header that is too long, not UTF-8, not JSON, with a key twice, with
//            offsets that overlap, leave a hole or do not end with the file; a pickle in place of weights; a model whose
//            config.json contradicts its tensors; a version whose files do not have the sizes and digests on record.
// FAILS      With `CheckpointError`, whose text says which file, what was expected and found, and what to do. Nothing
//            here logs, retries or decides. A failure half-way through leaves a candidate directory, never a version:
//            `discardCandidates` removes it at the next start.
// DURABLE    candidate -> seal (digests and hamud.json) -> adopt (one rename) -> makeCurrent (one rename of a link). Each
//            step ends with everything on disk; a power cut between two of them leaves the old version current.
// WEAK       The files of a version are protected by their modes and digests, not by the kernel: whoever may write
//            below /var/lib/hamud can truncate a mapped file, and the reader then dies of SIGBUS.
//            A model's own Python code (trust_remote_code) is copied and never run.

/// The bounds of everything that this room reads. Each is refused one past its value, with both numbers.
package enum CheckpointLimits {
  /// Bytes of a safetensors header, as the reference implementation has it.
  package static let headerBytes = 100_000_000
  /// Tensors in one safetensors file, and in one model.
  package static let tensors = 65_536
  /// Classes of a model. A header may claim any number of them without a byte of weights: [2^62, 0] is a shape.
  package static let classes = 65_536
  /// Dimensions of one tensor.
  package static let dimensions = 64
  /// Bytes of config.json.
  package static let configurationBytes = 4 << 20
  /// Bytes of model.safetensors.index.json: one line for each of 65,536 tensors.
  package static let indexBytes = 64 << 20
  /// Bytes of hamud-data.json: three numbers or names for each column of a table.
  package static let dataRecordBytes = 16 << 20
  /// Bytes of hamud.json; the row ranges of a retain set are the long part.
  package static let recordBytes = 64 << 20
  /// Files in one model directory.
  package static let files = 4_096
  /// Nesting of a JSON document.
  package static let jsonDepth = 64
  /// Versions: six digits in a directory's name.
  package static let versions = 999_999
}
