import Requests
import Service
import Testing

/// Seeded mutation of good files: whatever comes out is taken, as the same twice, or refused with places and mends.
@Suite struct ConfigurationMutationTests {
  private static let settings = """
    threads: 2
    scan_interval: 5s
    quotas: {requests_per_day: 0, rows_per_day: 7}
    low_disk: 2.5%
    keep: {receipts: 1y, manifests: 12h}
    """
  private static let model = """
    model: m
    data: {format: csv, train: "a*.csv", heldout: /b, label: y, id: i, features: [c, 'd e']}
    unlearning: {method: hamu-u, radius: {absolute: 0.01}, constraint: {ratio: 0.3}, guards: {rows: 3}, seed: 42}
    target: {membership_auc: 0.55, forget_loss: 2}
    policy: {on_hardness: continue, retain_budget: 1e-3}
    batching: {max_requests: 8, max_wait: 10min}
    retention: {keep: 0, purge_after: 500ms}
    """

  @Test func settings_whateverTheBytes_areTakenOrRefused() throws {
    try hammer(Self.settings) { (bytes) throws(Refusal) in try Settings.parse(bytes) }
  }

  @Test func model_whateverTheBytes_isTakenOrRefused() throws {
    try hammer(Self.model) { (bytes) throws(Refusal) in
      try ModelSettings.parse(bytes, name: "case", file: "/etc/case.yaml")
    }
  }

  private func hammer<Value: Equatable>(_ text: String, _ parse: ([UInt8]) throws(Refusal) -> Value) throws {
    let sound = Array(text.utf8)
    _ = try parse(sound)
    var dice = Dice(state: 20_261_127)
    var taken = 0
    for _ in 0..<10_000 {
      let bytes = mutated(sound, &dice)
      do {
        #expect(try parse(bytes) == parse(bytes))
        taken += 1
      } catch {
        let lines = bytes.count + 1
        #expect(!error.problems.isEmpty && error.problems == Diagnostic.sorted(error.problems))
        #expect(error.problems.allSatisfy { (1...lines).contains($0.position?.line ?? 1) && !$0.mend.full.isEmpty })
      }
    }
    // A mutation that is never taken, or always, tests nothing.
    #expect((100..<9_900).contains(taken))
  }

  private func mutated(_ sound: [UInt8], _ dice: inout Dice) -> [UInt8] {
    var bytes = sound
    for _ in 0..<Int.random(in: 1...3, using: &dice) where !bytes.isEmpty {
      let place = Int.random(in: 0..<bytes.count, using: &dice)
      switch Int.random(in: 0..<5, using: &dice) {
      case 0: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &dice)
      case 1: bytes[place] = sound.randomElement(using: &dice) ?? 0
      case 2: bytes.removeSubrange(place..<min(bytes.count, place + Int.random(in: 1...16, using: &dice)))
      case 3: bytes.insert(contentsOf: bytes[place..<min(bytes.count, place + 8)], at: place)
      default: bytes[place] = Array("0-9.e:{}[]\"'\n #".utf8).randomElement(using: &dice) ?? 0
      }
    }
    return bytes
  }

  /// Numbers with a seed (SplitMix64), so that a failing draw can be drawn again.
  private struct Dice: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
      state &+= 0x9e37_79b9_7f4a_7c15
      var mixed = state
      mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
      mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
      return mixed ^ (mixed >> 31)
    }
  }
}
