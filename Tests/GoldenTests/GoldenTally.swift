/// What a comparison with golden files came to.
struct GoldenTally {
  /// Cases, or whole trajectories, that were read and compared.
  private(set) var count = 0
  /// The largest share of its bound that any figure used: 1 is just within, above 1 is missed.
  private(set) var worst = 0.0
  private(set) var worstPlace = ""
  /// One sentence for each figure outside its bound.
  private(set) var missed: [String] = []

  mutating func countOne() { count += 1 }

  /// A figure that may be off by `bound`, in the same unit. An error that is not a number is a miss.
  mutating func compare(error: Double, bound: Double, _ place: @autoclosure () -> String) {
    let share = error == 0 ? 0 : error / bound
    if share <= worst && error <= bound { return }
    if !(share <= worst) {
      worst = share
      worstPlace = place()
    }
    if !(error <= bound) { missed.append("\(place()): off by \(error), bound \(bound)") }
  }

  /// Something that is either right or not.
  mutating func require(_ holds: Bool, _ sentence: @autoclosure () -> String) {
    if !holds { missed.append(sentence()) }
  }

  mutating func add(_ other: GoldenTally) {
    count += other.count
    missed += other.missed
    if !(other.worst <= worst) {
      worst = other.worst
      worstPlace = other.worstPlace
    }
  }
}
