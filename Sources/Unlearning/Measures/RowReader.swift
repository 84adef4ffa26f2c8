import Datasets
import Networks

/// Why a pass over rows did not come to its end.
package enum Interruption: Error {
  /// The observer asked for it.
  case stopped
  case failed(UnlearningError)
}

/// Hands rows to the engine, and looks before each micro-batch whether the run is to stop.
struct RowReader: Sendable {
  let observer: any RunObserver

  /// Delivers `rows` of a split by their positions.
  func fill(_ split: Split, _ rows: [Int]) -> Engine.Fill<Interruption> {
    let reader = self
    return { positions, samples throws(Interruption) in
      try reader.read(split, positions.map { rows[$0] }, into: samples)
    }
  }

  /// The rows one after the other into the front of `samples`.
  func read(
    _ split: Split, _ rows: some Collection<Int>, into samples: UnsafeMutableBufferPointer<Float>
  ) throws(Interruption) {
    if observer.shouldStop { throw .stopped }
    do throws(DatasetError) {
      try split.read(rows: rows, into: samples)
    } catch {
      throw .failed(.data(error))
    }
  }

  func read(_ split: Split, _ rows: some Collection<Int>, into samples: inout [Float]) throws(Interruption) {
    try samples.withUnsafeMutableBufferPointer { buffer throws(Interruption) in try read(split, rows, into: buffer) }
  }
}
