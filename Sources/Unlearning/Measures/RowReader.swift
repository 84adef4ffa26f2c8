import Datasets
import Networks

/// Why a pass over rows did not come to its end.
enum Interruption: Error {
  /// The observer asked for it.
  case stopped
  case failed(UnlearningError)
}

/// Hands rows to the engine, and looks before each micro-batch whether the run is to stop.
struct RowReader: Sendable {
  let observer: any RunObserver

  /// Delivers `rows` of a split by their positions.
  func fill(_ split: Split, _ rows: [Int]) -> Engine.Fill<Interruption> {
    let observer = observer
    return { positions, samples throws(Interruption) in
      if observer.shouldStop { throw .stopped }
      do throws(DatasetError) {
        try split.read(rows: positions.map { rows[$0] }, into: samples)
      } catch {
        throw .failed(.data(error))
      }
    }
  }
}
