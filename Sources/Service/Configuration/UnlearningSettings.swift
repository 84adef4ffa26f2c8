package import Requests

/// The `unlearning` section of a model, in the configuration's own words; Service turns them into a run's.
package struct UnlearningSettings: Equatable, Sendable {
  package var method = Method.hamuQ
  /// Of the methods that HAMU is compared with, which have no radius, constraint, allocation and clipping; there exactly
  /// for those.
  package var learningRate: Double?
  /// Nil: by kind of request, margin for rows and cross-entropy for classes; cross-entropy for other methods than HAMU.
  package var objective: Objective?
  package var radius = Radius.relative(Self.steeredRadius)
  package var constraint = Constraint.ratio(0.3)
  package var allocation = Allocation.optimal
  /// Retain rows a step, and at most as many forget rows.
  package var batchSize = 128
  package var maxSteps = 200
  package var maxGradNorm = 1.0
  package var evaluateEvery = 10
  package var guards = Guards()
  package var seed = 42
  /// Batch, radius and quota are steered; `radius`, `constraint` and `batchSize` are where that begins and how far the batch
  /// may grow. Off: they stay.
  package var controller = true

  /// Where no radius is written: steps that are looked after may be longer than those that are not.
  static let steeredRadius = 6e-4
  static let fixedRadius = 2e-4

  package init() {}

  package enum Method: String, CaseIterable, Sendable {
    case hamuQ = "hamu-q"
    case hamuU = "hamu-u"
    case ft, ga, gdiff, kl, scrub, gru, pcgrad, npo

    package var isHAMU: Bool { self == .hamuQ || self == .hamuU }
    /// Whether a person can say what is pushed: fine-tuning pushes nothing, scrub and npo push what they are named for.
    var takesObjective: Bool { ![.ft, .scrub, .npo].contains(self) }
  }

  package enum Objective: String, CaseIterable, Sendable {
    case margin
    case crossEntropy = "cross-entropy"
    case npo
  }

  /// The trust radius R_i of block i.
  package enum Radius: Equatable, Sendable {
    /// R_i = x |w_i|
    case relative(Double)
    /// R_i = x |a_i|, the paper's
    case learningRate(Double)
    /// R_i = x
    case absolute(Double)
  }

  /// The quota Q.
  package enum Constraint: Equatable, Sendable {
    /// Q = x sum R_i |b_i|, 0 <= x < 1
    case ratio(Double)
    case absolute(Double)
  }

  package enum Allocation: String, CaseIterable, Sendable {
    case optimal
    case gradNormProduct = "grad-norm-product"
    case uniform
    case softmaxDot = "softmax-dot"
    case global
  }

  /// Rows of earlier erasures, of each of the two kinds, that every step holds down.
  package struct Guards: Equatable, Sendable {
    package var rows = 32
    package var weight = 0.3

    package init() {}
  }
}

extension UnlearningSettings {
  /// As it stands in a version's record, every default written out.
  package var json: JSONValue {
    .present([
      "method": .string(method.rawValue),
      "learning_rate": learningRate.map(JSONValue.number),
      "objective": objective.map { .string($0.rawValue) },
      "radius": method.isHAMU ? .some(radius.json) : .none,
      "constraint": method.isHAMU ? .some(constraint.json) : .none,
      "allocation": method.isHAMU ? .some(.string(allocation.rawValue)) : .none,
      "batch_size": JSONValue(batchSize),
      "max_steps": JSONValue(maxSteps),
      "max_grad_norm": method.isHAMU ? .some(.number(maxGradNorm)) : .none,
      "evaluate_every": JSONValue(evaluateEvery),
      "guards": ["rows": JSONValue(guards.rows), "weight": .number(guards.weight)],
      "seed": JSONValue(seed),
      "controller": method.isHAMU ? .some(.bool(controller)) : .none,
    ])
  }
}

extension UnlearningSettings.Radius {
  var json: JSONValue {
    switch self {
    case .relative(let factor): ["relative": .number(factor)]
    case .learningRate(let rate): ["learning_rate": .number(rate)]
    case .absolute(let length): ["absolute": .number(length)]
    }
  }
}

extension UnlearningSettings.Constraint {
  var json: JSONValue {
    switch self {
    case .ratio(let share): ["ratio": .number(share)]
    case .absolute(let quota): ["absolute": .number(quota)]
    }
  }
}
