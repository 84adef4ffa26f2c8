/// Runs of several steps from the shared model.
enum Trajectories {
  static func tally(in directory: String) throws -> GoldenTally {
    GoldenTally()
  }
}
