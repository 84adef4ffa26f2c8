extension Event {
  /// A request as every entry about it names it.
  package struct Request: Sendable, Equatable {
    package var id: String
    package var model: String
    /// `hmac-sha256:...`: of the manifest's bytes, salted.
    package var digest: String?
    /// Rows it has to forget.
    package var rows: Int?
    package var batch: Int?
    package var version: Int?

    package init(
      id: String, model: String, digest: String? = nil, rows: Int? = nil, batch: Int? = nil, version: Int? = nil
    ) {
      self.id = id
      self.model = model
      self.digest = digest
      self.rows = rows
      self.batch = batch
      self.version = version
    }

    func fields(state: String, reason: String? = nil, _ more: (inout EventFields) -> Void = { _ in }) -> EventFields {
      .of(model: model) {
        $0.add(.request, id)
        $0.add(.state, state)
        $0.add(.reason, reason)
        $0.add(.batch, batch)
        $0.add(.version, version)
        more(&$0)
        $0.add(.digest, digest)
      }
    }
  }

  /// A batch that is being unlearned, as every entry of its run names it.
  package struct Run: Sendable, Equatable {
    package var model: String
    package var batch: Int
    package var requests: [String]

    package init(model: String, batch: Int, requests: [String]) {
      self.model = model
      self.batch = batch
      self.requests = requests
    }

    /// `cifar10, batch 17`
    var name: String { "\(model), batch \(batch)" }

    func fields(_ more: (inout EventFields) -> Void = { _ in }) -> EventFields {
      .of(model: model) {
        $0.add(requests: requests)
        $0.add(.batch, batch)
        more(&$0)
      }
    }
  }

  /// What was measured, of one judged group or of a step's batches; absent figures do not apply.
  package struct Figures: Sendable, Equatable {
    package var forgetLoss: Double?
    package var forgetAccuracy: Double?
    package var membershipAUC: Double?
    package var classAccuracy: Double?
    package var classHeldoutAccuracy: Double?
    package var retainLoss: Double?
    package var retainAccuracy: Double?
    package var heldoutLoss: Double?
    package var heldoutAccuracy: Double?

    package init() {}

    var sentence: String {
      let parts: [(String, Double?)] = [
        ("forget loss", forgetLoss), ("forget accuracy", forgetAccuracy), ("membership AUC", membershipAUC),
        ("class accuracy", classAccuracy), ("on held-out rows of the class", classHeldoutAccuracy),
        ("retain loss", retainLoss), ("retain accuracy", retainAccuracy), ("held-out loss", heldoutLoss),
        ("held-out accuracy", heldoutAccuracy),
      ]
      return parts.compactMap { name, value in value.map { "\(name) \(NumberText.figure($0))" } }
        .joined(separator: ", ")
    }

    func add(to fields: inout EventFields) {
      fields.add(.forgetLoss, forgetLoss)
      fields.add(.retainLoss, retainLoss)
    }
  }

  /// Hardness in loss units per step, over the run's last steps (algorithm.md, "Hardness without the batch's noise").
  package struct Hardness: Sendable, Equatable {
    package var kappa: Double
    package var kappa1: Double
    package var kappa2: Double
    package var quota: Double
    package var leastCost: Double
    package var leastCostError: Double
    package var retainCost: Double
    package var retainCostError: Double
    package var freeImprovement: Double

    package init(
      kappa: (value: Double, first: Double, second: Double), quota: Double, leastCost: (mean: Double, error: Double),
      retainCost: (mean: Double, error: Double), freeImprovement: Double
    ) {
      (self.kappa, kappa1, kappa2) = kappa
      self.quota = quota
      (self.leastCost, leastCostError) = leastCost
      (self.retainCost, retainCostError) = retainCost
      self.freeImprovement = freeImprovement
    }

    var sentence: String {
      let figure = { (value: Double) in NumberText.figure(value, digits: 3) }
      return "at a quota of \(figure(quota)) a step must cost the retain loss \(figure(leastCost))"
        + " (standard error \(figure(leastCostError))), and steps did cost \(figure(retainCost))"
        + " (\(figure(retainCostError))); \(figure(freeImprovement)) a step would be free;"
        + " kappa \(figure(kappa)), kappa1 \(figure(kappa1)), kappa2 \(figure(kappa2))"
    }

    func add(to fields: inout EventFields) {
      fields.add(.kappa, kappa)
      fields.add(.kappa1, kappa1)
      fields.add(.kappa2, kappa2)
      fields.add(.quota, quota)
      fields.add(.leastCost, leastCost)
      fields.add(.retainCost, retainCost)
      fields.add(.freeImprovement, freeImprovement)
    }
  }
}
