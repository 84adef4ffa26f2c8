package import Checkpoints
import Networks

/// How well a model does on a split, with its running statistics.
package struct SplitFigures: Sendable, Equatable {
  package let rows: Int
  /// Mean cross-entropy.
  package let loss: Double
  package let accuracy: Double
}

/// What training gave.
package struct TrainedModel: Sendable {
  package let train: SplitFigures
  package let heldout: SplitFigures
  package let configuration: ModelConfiguration
  /// As they are written: in the order of their names, as Hugging Face sorts them.
  package let tensors: [TensorArray]
  private let data: DataRecord

  init(plan: ModelPlan, network: Network, steps: Int, data: DataRecord, train: SplitFigures, heldout: SplitFigures) {
    configuration = plan.configuration
    self.data = data
    self.train = train
    self.heldout = heldout
    var tensors = zip(network.specs, network.storage).map { spec, storage in
      TensorArray(spec.name, shape: spec.shape, .float32(storage.withFloats { Array($0) }))
    }
    // PyTorch's BatchNorm counts its batches, and its loaders ask for the count.
    let suffix = ".running_mean"
    for spec in network.specs where spec.name.hasSuffix(suffix) {
      let name = spec.name.dropLast(suffix.count) + ".num_batches_tracked"
      tensors.append(TensorArray(String(name), shape: [], .int64([Int64(steps)])))
    }
    self.tensors = tensors.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
  }

  /// Writes a Hugging Face directory: config.json, model.safetensors, and hamud-data.json with the normalisation.
  ///
  /// - Throws: also where the directory holds a model already.
  package func write(to directory: String) throws(TrainingError) {
    do { try ModelWriter.write(configuration, tensors: tensors, data: data, to: directory) } catch {
      throw .model(error)
    }
  }
}
