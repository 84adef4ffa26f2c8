import HAMU

/// A golden run of several steps: trajectory-*.json. Keys that a comparison does not need are ignored.
struct TrajectoriesFile: Decodable {
  struct Settings: Decodable {
    var variant: String
    var allocation: String
    /// One of the radii.
    var lr: Double?
    var relative: Double?
    var absolute: Double?
    var radius: Double?
    /// One of the constraints.
    var ratio: Double?
    var Q: Double?
    /// What is pushed; nil: cross-entropy.
    var forget: String?
  }

  struct Step: Decodable {
    var step: Int
    var retain_loss: Double
    /// Mean cross-entropy of the forget batch, or with the margin objective the mean of max(phi - t, 0).
    var forget_loss: Double?
    var hinge: Double?
    var kappa: Double
    var retain_grad_norm: Double
    var forget_grad_norm: Double

    /// Of the forget batch, whichever objective it is.
    var pushed: Double? { hinge ?? forget_loss }
  }

  /// Relative to the shared folder.
  var model: String
  var data: String
  var forget: String
  var batch_size: Int
  var rows: String
  var max_grad_norm: Double?
  var settings: Settings
  var steps: [Step]
  /// Of the first forget rows, ascending, at step 0; with the margin objective.
  var first_margins: [Double]?
  var first_targets: [Double]?
}

extension TrajectoriesFile {
  /// Nil for words that nobody knows.
  var stepSettings: StepSettings? {
    guard let variant = Variant(rawValue: settings.variant),
      let allocation = Allocation(rawValue: settings.allocation), let radius = trustRadius,
      let constraint = settings.ratio.map(Constraint.ratio) ?? settings.Q.map(Constraint.absolute)
    else { return nil }
    var step = StepSettings(
      variant: variant, allocation: allocation, radius: radius, constraint: constraint, maxGradNorm: max_grad_norm)
    step.shares = .literal
    return step
  }

  private var trustRadius: TrustRadius? {
    settings.lr.map(TrustRadius.learningRate) ?? settings.relative.map(TrustRadius.relative)
      ?? (settings.absolute ?? settings.radius).map(TrustRadius.absolute)
  }

  var pushesMargin: Bool? {
    switch settings.forget {
    case nil, "cross-entropy": false
    case "margin": true
    default: nil
    }
  }

  /// Whether a forget batch never holds a row twice, though it be smaller for it.
  var takesForgetRowsOnce: Bool { rows.contains("a forget row at most once a step") }

  /// Ascending rows: `class N`, or `rows a, b, c, ... (N rows)`: N rows from a by the step b - a. Nil where it is
  /// neither.
  func forgetRows(labels: [Int32]) -> [Int]? {
    let words = forget.split { " ,()".contains($0) }.map(String.init)
    switch words.first {
    case "class":
      guard words.count == 2, let label = Int32(words[1]) else { return nil }
      return labels.indices.filter { labels[$0] == label }
    case "rows":
      let numbers = words.compactMap { Int($0) }
      guard words.last == "rows", numbers.count >= 2, let count = numbers.last else { return nil }
      guard numbers.count > 2 else { return count == 1 ? [numbers[0]] : nil }
      let step = numbers[1] - numbers[0]
      guard step > 0, count > 0 else { return nil }
      return (0..<count).map { numbers[0] + $0 * step }
    default:
      return nil
    }
  }
}
