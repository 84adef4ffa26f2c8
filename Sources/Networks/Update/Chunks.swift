import Synchronization

/// A flat vector in pieces that are added up in one go, and who goes over which.
struct Chunks: Sendable {
  /// Elements of one block.
  struct Chunk: Sendable {
    let block: Int
    let range: Range<Int>
    /// Of its first element, within the block.
    let offset: Int
  }

  static let length = 16 * 1024

  /// In the layout's order.
  let all: [Chunk]
  /// The chunks of each block.
  let ofBlock: [Range<Int>]
  /// Chunks that a worker takes at a time: memory is read fastest in long runs, but a worker whose core does something
  /// else in between must not be waited for.
  let runs: [Range<Int>]

  /// Elements of a run, about: a megabyte of each vector.
  private static let runLength = 256 * 1024
  /// Of a small network, runs for each worker.
  private static let leastRuns = 16

  init(_ layout: FlatLayout, workers: Int) {
    var all: [Chunk] = []
    var ofBlock: [Range<Int>] = []
    for (index, block) in layout.blocks.enumerated() {
      let first = all.count
      for offset in stride(from: 0, to: block.count, by: Self.length) {
        let start = block.offset + offset
        all.append(
          Chunk(block: index, range: start..<(start + min(Self.length, block.count - offset)), offset: offset))
      }
      ofBlock.append(first..<all.count)
    }
    self.all = all
    self.ofBlock = ofBlock
    let length = min(Self.runLength, layout.count / (Self.leastRuns * workers))
    var runs: [Range<Int>] = []
    var first = 0
    for index in all.indices
    where index + 1 == all.count || all[index].range.upperBound - all[first].range.lowerBound >= length {
      runs.append(first..<(index + 1))
      first = index + 1
    }
    self.runs = runs
  }
}

/// Deals out runs to whoever is free; which worker takes which changes no bit.
final class RunDealer: Sendable {
  private let next = Atomic<Int>(0)

  /// Before the workers start.
  func start() { next.store(0, ordering: .relaxed) }

  /// The number of a run that nobody else has.
  func take() -> Int { next.add(1, ordering: .relaxed).oldValue }
}
