/// The trainable tensors one after the other: where each block lies in a flat gradient. Each block starts at a
/// multiple of 16 floats, a cache line; the gaps hold zeros.
package struct FlatLayout: Sendable, Equatable {
  /// One trainable tensor: a block of the algorithm.
  package struct Block: Sendable, Equatable {
    package let name: String
    package let offset: Int
    package let count: Int

    package var range: Range<Int> { offset..<(offset + count) }
  }

  package let blocks: [Block]
  /// Length of a flat buffer, gaps included.
  package let count: Int

  package init(_ specs: [ParameterSpec]) {
    var blocks: [Block] = []
    var end = 0
    for spec in specs where spec.trains {
      blocks.append(Block(name: spec.name, offset: end, count: spec.count))
      end += (spec.count + 15) / 16 * 16
    }
    self.blocks = blocks
    count = end
  }
}
