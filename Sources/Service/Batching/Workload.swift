import Ledger
import Platform
import Requests

/// How many runs it takes to serve everything that is due by a time: requests that are due together can be too many for one
/// batch, and then the first of them has to start earlier.
struct Workload {
  /// Ascending.
  private let deadlines: [Timestamp]
  /// By index of `deadlines`.
  private let runs: [Int]

  init(_ waiting: [Batching.Waiting], _ settings: ModelSettings.Batching) {
    let due = waiting.compactMap { request in request.deadline.map { (deadline: $0, request: request) } }
      .sorted { $0.deadline < $1.deadline }
    var tallies = RequestKind.allCases.map { _ in Tally() }
    var found: [(deadline: Timestamp, runs: Int)] = []
    for (deadline, request) in due {
      for (index, kind) in RequestKind.allCases.enumerated() where kind == request.kind {
        tallies[index].add(request, settings)
      }
      if found.last?.deadline == deadline { found.removeLast() }
      found.append((deadline, tallies.reduce(0) { $0 + $1.runs(settings) }))
    }
    deadlines = found.map(\.deadline)
    runs = found.map(\.runs)
  }

  /// Of a deadline that one of the requests has; at least 1.
  func runs(dueBy deadline: Timestamp) -> Int {
    var (low, high) = (0, deadlines.count)
    while low < high {
      let middle = (low + high) / 2
      if deadlines[middle] < deadline { low = middle + 1 } else { high = middle }
    }
    return low < runs.count ? max(1, runs[low]) : 1
  }

  /// Requests of one kind; those that run alone apart from the others.
  private struct Tally {
    var alone = 0
    var count = 0
    var rows = 0

    mutating func add(_ request: Batching.Waiting, _ settings: ModelSettings.Batching) {
      if request.rows > settings.maxSamples {
        alone += 1
      } else {
        count += 1
        rows += request.rows
      }
    }

    func runs(_ settings: ModelSettings.Batching) -> Int {
      alone + max(divided(count, settings.maxRequests), divided(rows, settings.maxSamples))
    }

    private func divided(_ value: Int, _ by: Int) -> Int { value / by + (value % by == 0 ? 0 : 1) }
  }
}
