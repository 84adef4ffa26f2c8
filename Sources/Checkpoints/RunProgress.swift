/// A run that was stopped and is to go on to the same bits.
package struct RunProgress: Sendable, Equatable {
  /// What the progress belongs to. It goes on only where all of this still holds: saved weights of another parent would
  /// bring back what was forgotten since.
  package struct Key: Sendable, Equatable {
    package let batch: Int
    package let parent: Int
    /// `sha256:` and the hex digest of the parent's hamud.json.
    package let parentRecord: String
    /// A digest of everything else that the run depends on: settings, data, requests, seed.
    package let settingsDigest: String

    package init(batch: Int, parent: Int, parentRecord: String, settingsDigest: String) {
      self.batch = batch
      self.parent = parent
      self.parentRecord = parentRecord
      self.settingsDigest = settingsDigest
    }
  }

  package let key: Key
  /// Whatever the run needs beside the arrays, as it likes: a JSON text by custom.
  package let state: String
  package let arrays: [TensorArray]

  package init(key: Key, state: String, arrays: [TensorArray]) {
    self.key = key
    self.state = state
    self.arrays = arrays
  }

  package func array(_ name: String) -> TensorArray? { arrays.first { $0.name == name } }
}
