/// One measurement that ours and the peer take in turn.
struct Contest {
  enum Kind: String, CaseIterable {
    case paired
    case paired64 = "paired-64"
    case evaluate
    case mlp
  }

  let kind: Kind
  let repeats: Int

  init(_ kind: Kind, quick: Bool) {
    self.kind = kind
    repeats =
      switch kind {
      case .paired: quick ? 2 : 5
      case .paired64: quick ? 5 : 15
      case .evaluate, .mlp: quick ? 5 : 20
      }
  }

  var batch: Int {
    switch kind {
    case .paired, .evaluate: 500
    case .paired64: 64
    case .mlp: 128
    }
  }

  private func ours(_ places: Places) throws -> JSON {
    let name = kind == .paired64 ? "paired" : kind.rawValue
    return try Child.measure(
      [name, "--batch", String(batch), "--repeats", String(repeats), "--root", places.top])
  }

  private func peers(_ peer: PyTorch, _ inputs: Inputs) throws -> JSON {
    switch kind {
    case .paired, .paired64: try peer.paired(inputs, batch: batch, repeats: repeats)
    case .evaluate: try peer.evaluate(inputs, batch: batch, repeats: repeats)
    case .mlp: try peer.people(inputs, batch: batch, repeats: repeats)
    }
  }

  /// Ours, the peer, ours, the peer: so that a machine that slows down slows both.
  func take(turns: Int, _ inputs: Inputs, _ places: Places, peer: PyTorch?) throws -> Series {
    var series = Series(kind: kind)
    for number in 1...turns {
      var turn = Series.Turn(ours: try ours(places))
      if let peer {
        do { turn.peer = try peers(peer, inputs) } catch { say("NO PEER in \(kind.rawValue): \(error)") }
      }
      series.turns.append(turn)
      say("\(kind.rawValue), turn \(number) of \(turns): \(turn.sentence)")
    }
    return series
  }
}

/// The turns of a contest. A ratio is taken within a turn, and the median of the ratios reported.
struct Series {
  struct Turn {
    var ours: JSON
    var peer: JSON = .null

    /// How many times as fast as the peer: both did the same work.
    var ratio: Double? { quotient(peer["seconds_min"], ours["seconds_min"], scale) }
    /// The same against the peer's step over all tensors at once, where it takes that too.
    var fusedRatio: Double? { quotient(peer["fused_seconds_min"], ours["seconds_min"], scale) }
    /// Our peak memory over the peer's.
    var memoryRatio: Double? { quotient(ours["peak_rss_mib"], peer["peak_rss_mib"], 1) }

    /// Where a repeat has several steps, both sides' have equally many.
    private var scale: Double { (ours["steps_a_repeat"].number ?? 1) / (peer["steps_a_repeat"].number ?? 1) }

    private func quotient(_ above: JSON, _ below: JSON, _ scale: Double) -> Double? {
      guard let above = above.number, let below = below.number, below > 0 else { return nil }
      return above / below * scale
    }

    var sentence: String {
      func part(_ side: JSON) -> String {
        "\(side["seconds_min"].number.map { rounded($0, 6) } ?? "?") s, "
          + "\(side["peak_rss_mib"].number.map { rounded($0, 0) } ?? "?") MiB"
      }
      return "ours \(part(ours)); peer \(part(peer)); ratio \(ratio.map { rounded($0, 3) } ?? "none")"
    }
  }

  let kind: Contest.Kind
  var turns: [Turn] = []

  var ratio: Double? { Timing.median(turns.compactMap(\.ratio)) }
  var fusedRatio: Double? { Timing.median(turns.compactMap(\.fusedRatio)) }
  var memoryRatio: Double? { Timing.median(turns.compactMap(\.memoryRatio)) }

  private func median(_ side: (Turn) -> JSON, _ key: String) -> Double? {
    Timing.median(turns.compactMap { side($0)[key].number })
  }

  /// Medians of both sides, and every turn's figures.
  func json(sgemm: Double?) -> JSON {
    var members: [String: JSON] = ["ratio": .optional(ratio), "memory_ratio": .optional(memoryRatio)]
    for key in ["seconds_min", "peak_rss_mib", "images_per_second", "steps_per_second", "gflops"] {
      guard let value = median({ $0.ours }, key) else { continue }
      members[key] = .number(value)
      if let peers = median({ $0.peer }, key) { members["peer_" + key] = .number(peers) }
    }
    if let sgemm, let rate = members["gflops"]?.number { members["sgemm_share"] = .number(rate / sgemm) }
    members["turns"] = .array(
      turns.map {
        .object([
          "ours": $0.ours, "peer": $0.peer, "ratio": .optional($0.ratio), "memory_ratio": .optional($0.memoryRatio),
        ])
      })
    return .object(members)
  }
}

/// Decimal text with a fixed number of digits.
func rounded(_ value: Double, _ digits: Int) -> String {
  guard value.isFinite else { return "\(value)" }
  var scale = 1.0
  for _ in 0..<digits { scale *= 10 }
  let whole = Int64((abs(value) * scale).rounded())
  let sign = value < 0 && whole > 0 ? "-" : ""
  guard digits > 0 else { return sign + String(whole) }
  let fraction = String(whole % Int64(scale))
  return sign + String(whole / Int64(scale)) + "." + String(repeating: "0", count: digits - fraction.count) + fraction
}
