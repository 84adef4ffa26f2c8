import Platform

/// Seconds of repeats. Everybody's statistic is the least of them: what disturbs a measurement only ever adds to it.
struct Timing {
  private(set) var seconds: [Double] = []

  var least: Double { seconds.min() ?? .nan }
  var median: Double { Timing.median(seconds) ?? .nan }

  /// A first time unmeasured, then `repeats` times.
  static func of(repeats: Int, _ body: () throws -> Void) rethrows -> Timing {
    try body()
    var timing = Timing()
    for _ in 0..<repeats { timing.add(try elapsed(body)) }
    return timing
  }

  static func elapsed(_ body: () throws -> Void) rethrows -> Double {
    seconds(try ContinuousClock().measure(body))
  }

  static func seconds(_ duration: Duration) -> Double {
    Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18
  }

  mutating func add(_ value: Double) { seconds.append(value) }

  static func median(_ values: [Double]) -> Double? {
    guard !values.isEmpty else { return nil }
    let sorted = values.sorted()
    let middle = sorted.count / 2
    return sorted.count.isMultiple(of: 2) ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[middle]
  }

  /// The members that every measurement has, under the names that the peer uses too.
  func members(workers: Int) throws -> [String: JSON] {
    [
      "seconds_min": .number(least), "seconds_median": .number(median), "repeats": .number(Double(seconds.count)),
      "threads": .number(Double(workers)), "peak_rss_mib": .number(Double(try ProcessMemory.now().peak) / 1048576),
    ]
  }
}
