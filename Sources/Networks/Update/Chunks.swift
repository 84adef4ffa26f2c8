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
  /// For each worker a run of chunks with as many elements as the others': memory is read fastest in long runs.
  private let runs: [Range<Int>]

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
    let ends = (0...workers).map { worker in
      all.firstIndex { $0.range.lowerBound >= layout.count * worker / workers } ?? all.count
    }
    runs = (0..<workers).map { ends[$0]..<ends[$0 + 1] }
  }

  /// What `worker` of `workers` does: everything where it is alone.
  func run(_ worker: Int, of workers: Int) -> Range<Int> {
    workers == 1 ? all.indices : runs[worker]
  }
}
