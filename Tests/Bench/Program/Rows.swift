import Datasets
import Networks

/// Rows in memory, [count, channels, height, width], as the peer has its own: reading files is no part of a step.
final class Rows: Sendable {
  let labels: [Int32]
  let shape: [Int]
  private let numbers: FlatBuffer
  private let size: Int

  var count: Int { labels.count }

  /// The first `count` training rows of a data set.
  init(_ dataset: Dataset, count: Int) throws {
    guard count <= dataset.train.count else {
      throw BenchError("the data have \(dataset.train.count) rows and \(count) are wanted")
    }
    labels = Array(dataset.train.labels.prefix(count))
    shape = dataset.sampleShape
    size = dataset.sampleElements
    numbers = FlatBuffer(count: count * size)
    let train = dataset.train
    var failure: DatasetError?
    numbers.withMutableFloats { buffer in
      do throws(DatasetError) { try train.read(rows: 0..<count, into: buffer) } catch { failure = error }
    }
    if let failure { throw failure }
  }

  /// Delivers rows `first ..< first + positions`, starting over at the end.
  func fill(from first: Int) -> Engine.Fill<Never> {
    { [self] positions, target in
      numbers.withFloats { numbers in
        guard let source = numbers.baseAddress, var place = target.baseAddress else { return }
        for position in positions {
          place.update(from: source + (first + position) % count * size, count: size)
          place += size
        }
      }
    }
  }

  func label(_ row: Int) -> Int32 { labels[row % count] }
}

struct BenchError: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}
