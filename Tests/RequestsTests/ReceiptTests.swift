import Requests
import Testing

@Suite struct ReceiptTests {
  static var whole: Receipt {
    var receipt = Receipt(state: .forgotten, request: "dsr-2026-000123", reason: .target)
    receipt.digest = "sha256:0a1b"
    receipt.detail = "All 1000 rows are forgotten; version 42 is in use."
    receipt.submittedBy = "alice"
    receipt.receivedAt = "2026-12-23T10:00:00Z"
    receipt.acceptedAt = "2026-12-23T10:00:01Z"
    receipt.expectedAt = "2026-12-23T10:05:00Z"
    receipt.finishedAt = "2026-12-23T10:04:00Z"
    receipt.model = "cifar10"
    receipt.version = 42
    receipt.batch = 17
    receipt.rows = 1000
    receipt.alreadyForgotten = 0
    receipt.steps = 42
    receipt.judged = .request
    receipt.before = figures(auc: 0.825)
    receipt.after = figures(auc: 0.5281234567)
    var hardness = Receipt.Hardness(isUnavoidable: false)
    hardness.kappa = -0.0123456789
    hardness.kappa1 = -1e-5
    hardness.kappa2 = 1e-7
    hardness.quota = 123_456_789
    hardness.leastCost = 0
    hardness.leastCostError = .nan
    receipt.hardness = hardness
    receipt.goingOn = Receipt.GoingOn(retainCostPerStep: 2.5e-4, steps: 30)
    receipt.nearDuplicates = Receipt.NearDuplicates([.init(17, stays: 5301), .init(18, stays: 2)], count: 31)
    receipt.record = "sha256:ff"
    return receipt
  }

  private static func figures(auc: Double) -> Receipt.Figures {
    var figures = Receipt.Figures()
    figures.forgetLoss = 0.00279999999
    figures.forgetAccuracy = 1
    figures.membershipAUC = auc
    figures.membershipInterval = 0.45...0.61
    figures.retainLoss = 1.4121999
    return figures
  }

  private static let expected = """
    hamud: 1
    request: dsr-2026-000123
    digest: sha256:0a1b
    state: forgotten
    reason: target
    detail: All 1000 rows are forgotten; version 42 is in use.
    submitted_by: alice
    received_at: "2026-12-23T10:00:00Z"
    accepted_at: "2026-12-23T10:00:01Z"
    expected_at: "2026-12-23T10:05:00Z"
    finished_at: "2026-12-23T10:04:00Z"
    model: cifar10
    version: 42
    batch: 17
    rows: 1000
    already_forgotten: 0
    steps: 42
    judged: request
    before: {forget_loss: 0.0028, forget_accuracy: 1.0, membership_auc: 0.825, membership_auc_ci: [0.45, 0.61], \
    retain_loss: 1.4122}
    after: {forget_loss: 0.0028, forget_accuracy: 1.0, membership_auc: 0.528123, membership_auc_ci: [0.45, 0.61], \
    retain_loss: 1.4122}
    hardness: {kappa: -0.0123457, kappa1: -1.0e-05, kappa2: 1.0e-07, quota: 123457000.0, least_cost: 0.0, \
    unavoidable: false}
    going_on: {retain_cost_per_step: 0.00025, steps: 30}
    near_duplicates: [[17, 5301], [18, 2]]
    near_duplicates_count: 31
    record: sha256:ff

    """

  @Test func receipt_asYAML_hasTheKeysInOrder() {
    #expect(Self.whole.yaml == Self.expected)
  }

  @Test func receipt_readBack_saysTheSame() throws {
    let receipt = try Receipt.parse(Array(Self.expected.utf8))
    #expect(receipt.yaml == Self.expected)
    #expect(receipt.state == .forgotten && receipt.reason == .target && receipt.steps == 42)
    #expect(receipt.before?.membershipInterval == 0.45...0.61)
    #expect(receipt.hardness?.leastCostError == nil)
    let json = try Receipt.parse(Array(receipt.json.prettyText.utf8))
    #expect(json == receipt)
    #expect(try JSONValue.parse(Array(receipt.json.text.utf8)) == receipt.json)
  }

  @Test func nearDuplicates_areNamedUpToTwenty_andCounted() throws {
    var receipt = Receipt(state: .held)
    receipt.nearDuplicates = Receipt.NearDuplicates((0..<31).map { .init($0, stays: 100 + $0) })
    let read = try #require(try Receipt.parse(Array(receipt.yaml.utf8)).nearDuplicates)
    #expect(read == receipt.nearDuplicates)
    #expect(read.count == 31 && read.pairs.count == 20 && read.pairs.last == .init(19, stays: 119))
  }

  @Test func receipt_ofARefusal_isShort() throws {
    let refusal = Refusal.unknownModel(Located("zoe: #1", at: .start), known: ["m"])
    let receipt = Receipt(state: .rejected, reason: refusal.reason, detail: refusal.full)
    #expect(
      receipt.yaml == """
        hamud: 1
        state: rejected
        reason: unknown_model
        detail: "1:1: unknown model \\"zoe: #1\\"; configured: m"

        """)
  }

  @Test func detail_ofSeveralLines_isABlockThatPeopleCanRead() throws {
    var receipt = Receipt(state: .rejected, reason: .invalid)
    receipt.detail = "2:1: unknown key \"modle\"; did you mean model?\n4:11: priority: \"x\" # is bad"
    #expect(
      receipt.yaml == """
        hamud: 1
        state: rejected
        reason: invalid
        detail: |-
          2:1: unknown key "modle"; did you mean model?
          4:11: priority: "x" # is bad

        """)
    #expect(try Receipt.parse(Array(receipt.yaml.utf8)) == receipt)
  }

  /// Words that some reader of some YAML takes for something else, and texts that break a careless writer.
  static let awkward = [
    "no", "No", "ON", "y", "N", "true", "null", "~", "", " ", " a", "a ", "17", "0017", "1e3", "0x1F", "1_0", "1:30",
    "2026-12-23", ".inf", "-", "- a", "?", "a: b", "a:", ":a", "a #b", "#a", "&a", "*a", "!a", "|", ">", "%a", "@a",
    "`a",
    "'a'", "\"a\"", "{a}", "[a]", "a, b", "<<", "=", "---", "...", "a\nb", "a\n", "\na", "a\n\nb", " a\nb", "a\n b",
    "a\r\nb", "\t", "a\tb", "\u{0}", "\u{1B}[31m", "\u{85}", "\u{2028}", "\u{202E}", "\u{FEFF}", "\u{FFFE}", "\u{E000}",
    "é", "日本", "😀", "e\u{301}", "\\", "\\n", "a\\", "\u{7F}", "\u{10FFFF}",
  ]

  @Test(arguments: awkward) func text_whateverItIs_comesBackAsItself(_ text: String) throws {
    guard !text.isEmpty else { return }
    var receipt = Receipt(state: .held, request: text, reason: .unavoidable, detail: text + "\n" + text)
    receipt.submittedBy = "x" + text
    #expect(try Receipt.parse(Array(receipt.yaml.utf8)) == receipt)
    #expect(try Receipt.parse(Array(receipt.json.text.utf8)) == receipt)
    #expect(try JSONValue.parse(Array(receipt.json.prettyText.utf8)) == receipt.json)
    let line = receipt.yaml.split(separator: "\n").first { $0.hasPrefix("request:") }
    #expect(line?.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0 != "\u{202E}" && $0 != "\u{FEFF}" } == true)
  }

  @Test func receipt_whenForeign_isRefusedWithPlaces() {
    let text = "hamud: 1\nstate: forgot\nversion: x\nunknown: 1\n"
    #expect(throws: Refusal.self) { try Receipt.parse(Array(text.utf8)) }
  }

  @Test func figures_keepSixDigits() throws {
    let cases: [(Double, String)] = [
      (0.1 + 0.2, "0.3"), (1.0 / 3, "0.333333"), (2.0 / 3, "0.666667"), (0.9999999, "1.0"),
      (-1e-300 / 7, "-1.42857e-301"),
      (999_999.5, "1000000.0"), (1.7976931348623157e308, "1.79769e+308"), (.leastNonzeroMagnitude, "5.0e-324"),
      (-0.0, "0.0"),
      (123_456, "123456.0"), (1e21, "1.0e+21"), (0.681, "0.681"), (0.00012345649, "0.000123456"),
    ]
    for (value, text) in cases {
      let receipt = Receipt.GoingOn(retainCostPerStep: value)
      #expect(receipt.json.text == "{\"retain_cost_per_step\":\(text)}")
    }
    for value in [Double.nan, .infinity, -.infinity] {
      #expect(Receipt.GoingOn(retainCostPerStep: value).json.text == "{}")
    }
  }
}
