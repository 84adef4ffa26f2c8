extension Receipt {
  /// Reads a receipt back, YAML or JSON.
  package static func parse(_ bytes: [UInt8]) throws(Refusal) -> Receipt {
    let document = try DocumentReader(bytes)
    let reader = document.mapping()
    _ = reader?.required("hamud", .format)
    let state = reader?.required("state", .word(RequestState.self))?.value
    let receipt = reader.flatMap { reader in state.map { read(reader, state: $0) } }
    if receipt != nil { reader?.finish() }
    try document.finish()
    guard let receipt else {
      throw Refusal(.invalid, [Diagnostic(at: .start, "this is no receipt", mend: "ask for it anew")])
    }
    return receipt
  }

  private static func read(_ reader: MappingReader, state: RequestState) -> Receipt {
    let count = ScalarForm<Int>.integer(in: 0...Int.max)
    var receipt = Receipt(state: state)
    receipt.request = reader.optional("request", .text)?.value
    receipt.digest = reader.optional("digest", .text)?.value
    receipt.reason = reader.optional("reason", .word(Reason.self))?.value
    receipt.detail = reader.optional("detail", .text)?.value
    receipt.submittedBy = reader.optional("submitted_by", .text)?.value
    receipt.receivedAt = reader.optional("received_at", .text)?.value
    receipt.acceptedAt = reader.optional("accepted_at", .text)?.value
    receipt.expectedAt = reader.optional("expected_at", .text)?.value
    receipt.finishedAt = reader.optional("finished_at", .text)?.value
    receipt.model = reader.optional("model", .text)?.value
    receipt.version = reader.optional("version", count)?.value
    receipt.batch = reader.optional("batch", count)?.value
    receipt.rows = reader.optional("rows", count)?.value
    receipt.alreadyForgotten = reader.optional("already_forgotten", count)?.value
    receipt.steps = reader.optional("steps", count)?.value
    receipt.judged = reader.optional("judged", .word(Judged.self))?.value
    receipt.before = reader.mapping("before").map(Figures.read)
    receipt.after = reader.mapping("after").map(Figures.read)
    receipt.hardness = reader.mapping("hardness").map(Hardness.read)
    receipt.goingOn = reader.mapping("going_on").map(GoingOn.read)
    receipt.nearDuplicates = NearDuplicates.read(reader)
    receipt.record = reader.optional("record", .text)?.value
    receipt.purged = reader.mapping("purged").map(Purge.read) ?? []
    receipt.signature = reader.optional("signature", .text)?.value
    return receipt
  }
}

extension ScalarForm where Value == Double {
  /// Any finite number.
  fileprivate static var figure: Self { .real("a number", example: "0.5") { _ in true } }
}

extension Receipt.Figures {
  fileprivate static func read(_ reader: MappingReader) -> Self {
    var figures = Self()
    figures.forgetLoss = reader.optional("forget_loss", .figure)?.value
    figures.forgetAccuracy = reader.optional("forget_accuracy", .figure)?.value
    figures.membershipAUC = reader.optional("membership_auc", .figure)?.value
    if let ends = reader.list("membership_auc_ci", of: .figure, example: "[0.47, 0.61]")?.map(\.value), ends.count == 2,
      ends[0] <= ends[1]
    {
      figures.membershipInterval = ends[0]...ends[1]
    }
    figures.classAccuracy = reader.optional("class_accuracy", .figure)?.value
    figures.classHeldoutAccuracy = reader.optional("class_heldout_accuracy", .figure)?.value
    figures.retainLoss = reader.optional("retain_loss", .figure)?.value
    figures.retainAccuracy = reader.optional("retain_accuracy", .figure)?.value
    figures.heldoutLoss = reader.optional("heldout_loss", .figure)?.value
    figures.heldoutAccuracy = reader.optional("heldout_accuracy", .figure)?.value
    reader.finish()
    return figures
  }
}

extension Receipt.Hardness {
  fileprivate static func read(_ reader: MappingReader) -> Self {
    var hardness = Self(isUnavoidable: reader.value("unavoidable", .boolean, default: false))
    hardness.kappa = reader.optional("kappa", .figure)?.value
    hardness.kappa1 = reader.optional("kappa1", .figure)?.value
    hardness.kappa2 = reader.optional("kappa2", .figure)?.value
    hardness.quota = reader.optional("quota", .figure)?.value
    hardness.leastCost = reader.optional("least_cost", .figure)?.value
    hardness.leastCostError = reader.optional("least_cost_se", .figure)?.value
    hardness.retainCost = reader.optional("retain_cost", .figure)?.value
    hardness.retainCostError = reader.optional("retain_cost_se", .figure)?.value
    hardness.freeImprovement = reader.optional("free_improvement", .figure)?.value
    reader.finish()
    return hardness
  }
}

extension Receipt.Purge {
  fileprivate static func read(_ reader: MappingReader) -> [Self] {
    let purges = reader.keys.compactMap { key in
      Int(key).flatMap { version in reader.optional(key, .text).map { Self(version: version, at: $0.value) } }
    }
    reader.finish()
    return purges
  }
}

extension Receipt.GoingOn {
  fileprivate static func read(_ reader: MappingReader) -> Self {
    let going = Self(
      retainCostPerStep: reader.optional("retain_cost_per_step", .figure)?.value,
      steps: reader.optional("steps", .integer(in: 0...Int.max))?.value)
    reader.finish()
    return going
  }
}

extension Receipt.NearDuplicates {
  fileprivate static func read(_ receipt: MappingReader) -> Self? {
    let (key, row) = ("near_duplicates", ScalarForm<Int>.integer(in: 0...Int.max))
    let pairs = receipt.items(key, example: "[[17, 5301]]")?.compactMap { node -> Pair? in
      let rows = receipt.items(node, key: key, example: "[17, 5301]").map { receipt.read($0, row, key: key) } ?? []
      return rows.count == 2 ? Pair(rows[0].value, stays: rows[1].value) : nil
    }
    let count = receipt.optional("near_duplicates_count", row)?.value
    return pairs.map { Self($0, count: count) }
  }
}
