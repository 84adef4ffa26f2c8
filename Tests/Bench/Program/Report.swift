/// Everything that was measured, as it is printed.
struct Report {
  let turns: Int
  let quick: Bool
  let hasShared: Bool
  var commit: String?
  var machine = JSON.null
  var series: [Series] = []
  var update: JSON?
  var allocations: JSON?
  var bits: JSON?

  private func series(_ kind: Contest.Kind) -> Series? { series.first { $0.kind == kind } }

  /// The figures that are looked at first; null where a part was left out, or had no peer.
  private var headline: [String: JSON] {
    [
      "paired_ratio": .optional(series(.paired)?.ratio),
      "paired_ratio_64": .optional(series(.paired64)?.ratio),
      "evaluate_ratio": .optional(series(.evaluate)?.ratio),
      "mlp_ratio": .optional(series(.mlp)?.ratio),
      "mlp_fused_ratio": .optional(series(.mlp)?.fusedRatio),
      "memory_ratio": .optional(series(.paired)?.memoryRatio),
      "update_bandwidth_share": update?["bandwidth_share"] ?? .null,
      "allocation_share": update?["allocation_share"] ?? .null,
      "allocations_per_step": allocations?["allocations_per_step"] ?? .null,
      "same_bits": bits?["same"] ?? .null,
    ]
  }

  var json: JSON {
    var members = headline
    members["turns"] = .number(Double(turns))
    members["quick"] = .bool(quick)
    members["inputs"] = .string(hasShared ? "shared" : "random")
    members["commit"] = commit.map(JSON.string) ?? .null
    members["machine"] = machine
    let torch = series.lazy.flatMap(\.turns).compactMap { $0.peer["torch"].string }.first
    members["torch"] = torch.map(JSON.string) ?? .null
    for one in series { members[one.kind.rawValue] = one.json(sgemm: machine["sgemm_gflops"].number) }
    if let update { members["update"] = update }
    if let allocations { members["allocations"] = allocations }
    if let bits { members["bits"] = bits }
    return .object(members)
  }
}
