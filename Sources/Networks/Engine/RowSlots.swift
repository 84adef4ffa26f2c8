/// The eight fixed sums of a batch. Position p belongs to slot p mod 8, so slots 0, 2, 4, 6 hold the even half and
/// 1, 3, 5, 7 the odd one. A slot's rows are added in ascending order by one worker, and a half is
/// ((slot 0 + slot 2) + slot 4) + slot 6: the same bits whoever computes which slot.
enum RowSlots {
  static let count = 8
  static let halves = 2
  static let perHalf = count / halves

  /// How many of `rows` positions belong to `slot`.
  static func rows(of slot: Int, rows: Int) -> Int {
    (rows - slot + count - 1) / count
  }

  /// Micro-batch number `index` of a slot.
  static func positions(slot: Int, rows: Int, microBatch: Int, index: Int) -> RowPositions {
    let first = index * microBatch
    return RowPositions(
      first: slot + first * count, stride: count, count: min(microBatch, Self.rows(of: slot, rows: rows) - first))
  }
}

/// Lets slots into a half's sum in their order, whoever comes first.
final class SlotOrder: Sendable {
  private let monitor = Monitor()
  private let next = Counter()

  func reset() { next.value = 0 }

  /// Runs `body` when all turns before `turn` are done.
  func take(_ turn: Int, _ body: () -> Void) {
    monitor.wait { next.value == turn }
    body()
    monitor.changed { next.value = turn + 1 }
  }

  /// Guarded by the monitor; `reset` is called when nobody waits.
  private final class Counter: @unchecked Sendable {
    var value = 0
  }
}
