import CSystemd

/// How many cores this process may use at once: what the scheduler allows it (affinity, cpusets), and not more than its
/// control groups' quota pays for.
package enum AvailableCores {
  package static func count() -> Int {
    let allowed = max(1, Int(hamud_affinity_count()))
    guard let quota = quota() else { return allowed }
    return max(1, min(allowed, Int(quota.rounded(.up))))
  }

  /// The smallest quota on the way from this process's control group to the root, in cores; absent where there is none.
  package static func quota(groups: String = "/proc/self/cgroup", mount: String = "/sys/fs/cgroup") -> Double? {
    guard let text = read(groups) else { return nil }
    var least: Double?
    for line in text.split(separator: "\n") {
      let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard fields.count == 3 else { continue }
      let controllers = fields[1].split(separator: ",")
      var path = String(fields[2])
      while true {
        let found =
          controllers.isEmpty ? unified(mount + path) : controllers.contains("cpu") ? legacy(mount, path) : nil
        if let found { least = min(least ?? found, found) }
        if path == "/" || path.isEmpty { break }
        path = Paths.parent(of: path)
      }
    }
    return least
  }

  /// `cpu.max`: `max 100000`, or quota and period in microseconds.
  private static func unified(_ directory: String) -> Double? {
    guard let fields = read(Paths.join(directory, "cpu.max"))?.split(whereSeparator: \.isWhitespace), fields.count == 2,
      let quota = Double(fields[0]), let period = Double(fields[1]), period > 0
    else { return nil }
    return quota / period
  }

  private static func legacy(_ mount: String, _ path: String) -> Double? {
    let directory = mount + "/cpu" + path
    guard let quota = number(Paths.join(directory, "cpu.cfs_quota_us")), quota > 0,
      let period = number(Paths.join(directory, "cpu.cfs_period_us")), period > 0
    else { return nil }
    return quota / period
  }

  private static func number(_ path: String) -> Double? {
    read(path)?.split(whereSeparator: \.isWhitespace).first.flatMap { Double($0) }
  }

  private static func read(_ path: String) -> String? {
    (try? DataFile.read(path, limit: 1 << 16)).map { String(decoding: $0, as: UTF8.self) }
  }
}
