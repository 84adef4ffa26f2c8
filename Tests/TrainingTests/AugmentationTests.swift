import Testing
import Training

@Suite struct AugmentationTests {
  private func applied(_ change: Augmentation.Change, to picture: [Float]) -> [Float] {
    var picture = picture
    let augmentation = Augmentation(shape: [2, 2, 3], black: [-1, -2], seed: 0)
    picture.withUnsafeMutableBufferPointer { augmentation.apply(change, to: $0) }
    return picture
  }

  private let picture: [Float] = [1, 2, 3, 4, 5, 6, 11, 12, 13, 14, 15, 16]

  @Test func pictures_areShiftedOverBlackEdges() {
    #expect(applied(.init(down: 0, right: 0, isMirrored: false), to: picture) == picture)
    #expect(
      applied(.init(down: 1, right: -1, isMirrored: false), to: picture)
        == [-1, 4, 5, -1, -1, -1, -2, 14, 15, -2, -2, -2])
    #expect(
      applied(.init(down: 4, right: 0, isMirrored: false), to: picture)
        == [-1, -1, -1, -1, -1, -1, -2, -2, -2, -2, -2, -2])
  }

  @Test func pictures_areMirrored() {
    #expect(
      applied(.init(down: 0, right: 0, isMirrored: true), to: picture) == [3, 2, 1, 6, 5, 4, 13, 12, 11, 16, 15, 14])
  }

  @Test func changes_dependOnRowAndEpochAlone_andAreEven() {
    let augmentation = Augmentation(shape: [1, 8, 8], black: [0], seed: 5)
    let changes = (0..<9000).map { augmentation.change(row: $0, epoch: 3) }
    #expect(changes[17] == augmentation.change(row: 17, epoch: 3))
    #expect(changes != (0..<9000).map { augmentation.change(row: $0, epoch: 4) })
    for shift in -4...4 {
      #expect(abs(changes.count { $0.down == shift } - 1000) < 150)
      #expect(abs(changes.count { $0.right == shift } - 1000) < 150)
    }
    #expect(abs(changes.count { $0.isMirrored } - 4500) < 250)
  }
}
