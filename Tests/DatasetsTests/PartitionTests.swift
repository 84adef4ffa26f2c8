import Datasets
import Testing

@Suite struct PartitionTests {
  @Test func retainSet_isWithoutTombstonesAndForgetRows() {
    let partition = Partition(trainCount: 8, forget: [5, 2, 5], excluded: [0, 2, 7, 99, -1], heldout: [1, 3])
    #expect(partition.forget == [2, 5])
    #expect(partition.retain == [1, 3, 4, 6])
    #expect(partition.heldout == [1, 3])
  }

  @Test func heldoutRows_thatWereTrainedOn_areLeftOut() throws {
    let scratch = try Scratch()
    try scratch.write("train.bin", cifarRow(0, seed: 1) + cifarRow(1, seed: 2))
    try scratch.write(
      "test.bin", cifarRow(1, seed: 4) + cifarRow(1, seed: 2) + cifarRow(0, seed: 2) + cifarRow(0, seed: 1))
    let data = try Dataset.open(cifar10(scratch))
    #expect(try data.honestHeldoutRows() == [0, 2])
    #expect(try data.honestHeldoutRows() == [0, 2])
  }
}
