/// x -> (x - mean) / deviation, by channel for pictures (where x is the byte / 255) and by column for tables.
package struct Normalization: Sendable, Equatable {
  /// One for each channel or column, or one for all of them; empty: x stays as it is.
  package let mean: [Double]
  /// As many as there are means; each above 0.
  package let deviation: [Double]

  package init(mean: [Double], deviation: [Double]) {
    self.mean = mean
    self.deviation = deviation
  }

  /// x as it is.
  package static let none = Normalization(mean: [], deviation: [])

  /// What a CIFAR-10 model is trained with when nothing else is said.
  package static let cifar10 = Normalization(mean: [0.4914, 0.4822, 0.4465], deviation: [0.2023, 0.1994, 0.2010])

  /// - Throws: `DatasetError.unfit` where there are not `channels` numbers (or one, or none), or a deviation is not
  ///   above 0.
  func check(channels: Int, called noun: String) throws(DatasetError) {
    guard mean.count == deviation.count else {
      throw .unfit(
        "normalize has \(mean.count) numbers under mean and \(deviation.count) under std; give as many of both")
    }
    guard mean.isEmpty || mean.count == 1 || mean.count == channels else {
      throw .unfit(
        "normalize has \(mean.count) means and the data have \(channels) \(noun); "
          + "give one number for each, or one for all"
      )
    }
    guard mean.allSatisfy(\.isFinite), deviation.allSatisfy({ $0.isFinite && $0 > 0 }) else {
      throw .unfit("normalize has a mean that is no finite number, or a std that is not above 0; mend these numbers")
    }
  }

  /// Mean and deviation of one channel.
  func channel(_ index: Int) -> (mean: Double, deviation: Double) {
    if mean.isEmpty { return (0, 1) }
    return mean.count == 1 ? (mean[0], deviation[0]) : (mean[index], deviation[index])
  }
}
