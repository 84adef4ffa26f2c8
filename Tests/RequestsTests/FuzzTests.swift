import Requests
import Testing

/// Seeded mutation: bit flips, cuts, splices and doubled pieces of good texts. Whatever comes out is either taken or
/// refused with places and words; nothing crashes, hangs, or carries the text into the journal.
@Suite struct FuzzTests {
  private static let seeds = [
    """
    hamud: 1
    id: dsr-2026-000123
    model: cifar10
    forget:
      samples: [17, 42, 1000-1999, "img-00017", 'it''s']
      subjects: ["user:8841", |
        block
      ]
    """,
    "hamud: 1\nmodel: m\nforget:\n  classes:\n    - airplane\n    - 3\nreason: >-\n  folded\n  text\ndeadline: 2026-12-23\n",
    #"{"hamud": 1, "model": "m", "forget": {"samples": [1, "\ud83d\ude00"], "ranges": [[1, 2]]}, "reason": "\u00e9"}"#,
    "%YAML 1.2\n--- !!map\n? &a [x, *a]\n: {y: !t z}\n# c\n...\n---\n- é😀\u{2028}\n",
    ReceiptTests.whole.yaml, ReceiptTests.whole.json.prettyText,
  ].map { Array($0.utf8) }

  @Test(arguments: 0..<8) func bytes_whateverTheyAre_areTakenOrRefused(_ seed: Int) {
    var random = SplitMix64(state: UInt64(seed))
    for _ in 0..<4000 {
      let bytes = mutated(&random)
      check { () throws(Refusal) in _ = try Manifest.parse(bytes, fileStem: "case") }
      check { () throws(Refusal) in _ = try Receipt.parse(bytes) }
      check { () throws(Refusal) in
        let value = try JSONValue.parse(bytes)
        #expect(try JSONValue.parse(Array(value.text.utf8)) == value)
      }
    }
  }

  private func check(_ body: () throws(Refusal) -> Void) {
    do {
      try body()
    } catch {
      #expect(!error.problems.isEmpty && !error.full.isEmpty && !error.redacted.isEmpty)
      #expect(error.problems == Diagnostic.sorted(error.problems))
      #expect(error.problems.allSatisfy { ($0.position?.line ?? 1) >= 1 && ($0.position?.column ?? 1) >= 1 })
    }
  }

  private func mutated(_ random: inout SplitMix64) -> [UInt8] {
    var bytes = Self.seeds[random.below(Self.seeds.count)]
    for _ in 0...random.below(6) where !bytes.isEmpty {
      let place = random.below(bytes.count)
      switch random.below(6) {
      case 0: bytes[place] ^= 1 << UInt8(random.below(8))
      case 1: bytes[place] = UInt8(random.below(256))
      case 2: bytes.removeSubrange(place..<min(bytes.count, place + 1 + random.below(16)))
      case 3: bytes.removeLast(bytes.count - place)
      case 4:
        let other = Self.seeds[random.below(Self.seeds.count)]
        let start = random.below(other.count)
        bytes.insert(contentsOf: other[start..<min(other.count, start + 1 + random.below(40))], at: place)
      default:
        let piece = Array(bytes[place..<min(bytes.count, place + 1 + random.below(8))])
        bytes.insert(contentsOf: (0..<random.below(40)).flatMap { _ in piece }, at: place)
      }
    }
    return bytes
  }
}

/// Vigna's splitmix64: the same numbers for a seed, everywhere.
struct SplitMix64: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }
}
