extension Receipt {
  /// YAML in the key order of the format; ends with a newline.
  package var yaml: String { YAMLText.document(json) }

  /// The same keys in the same order; figures have `DecimalText.figureDigits` significant digits.
  package var json: JSONValue {
    .present([
      "hamud": .integer(Int64(Self.format)),
      "request": request.map(JSONValue.string),
      "digest": digest.map(JSONValue.string),
      "state": .string(state.rawValue),
      "reason": reason.map { .string($0.rawValue) },
      "detail": detail.map(JSONValue.string),
      "submitted_by": submittedBy.map(JSONValue.string),
      "received_at": receivedAt.map(JSONValue.string),
      "accepted_at": acceptedAt.map(JSONValue.string),
      "expected_at": expectedAt.map(JSONValue.string),
      "finished_at": finishedAt.map(JSONValue.string),
      "model": model.map(JSONValue.string),
      "version": version.map { JSONValue($0) },
      "batch": batch.map { JSONValue($0) },
      "rows": rows.map { JSONValue($0) },
      "already_forgotten": alreadyForgotten.map { JSONValue($0) },
      "steps": steps.map { JSONValue($0) },
      "judged": judged.map { .string($0.rawValue) },
      "before": before?.json,
      "after": after?.json,
      "hardness": hardness?.json,
      "going_on": goingOn?.json,
      "near_duplicates": nearDuplicates.map { .array($0.pairs.map { [JSONValue($0.row), JSONValue($0.stays)] }) },
      "near_duplicates_count": nearDuplicates.map { JSONValue($0.count) },
      "record": record.map(JSONValue.string),
      "purged": purged.isEmpty ? nil : .object(purged.map { JSONValue.Member(String($0.version), .string($0.at)) }),
    ])
  }
}

private func figure(_ value: Double?) -> JSONValue? { value.flatMap(DecimalText.figure).map(JSONValue.number) }

extension Receipt.Figures {
  package var json: JSONValue {
    let interval = membershipInterval.flatMap { range in
      figure(range.lowerBound).flatMap { low in figure(range.upperBound).map { JSONValue.array([low, $0]) } }
    }
    return .present([
      "forget_loss": figure(forgetLoss),
      "forget_accuracy": figure(forgetAccuracy),
      "membership_auc": figure(membershipAUC),
      "membership_auc_ci": interval,
      "class_accuracy": figure(classAccuracy),
      "class_heldout_accuracy": figure(classHeldoutAccuracy),
      "retain_loss": figure(retainLoss),
      "retain_accuracy": figure(retainAccuracy),
      "heldout_loss": figure(heldoutLoss),
      "heldout_accuracy": figure(heldoutAccuracy),
    ])
  }
}

extension Receipt.Hardness {
  package var json: JSONValue {
    .present([
      "kappa": figure(kappa),
      "kappa1": figure(kappa1),
      "kappa2": figure(kappa2),
      "quota": figure(quota),
      "least_cost": figure(leastCost),
      "least_cost_se": figure(leastCostError),
      "retain_cost": figure(retainCost),
      "retain_cost_se": figure(retainCostError),
      "free_improvement": figure(freeImprovement),
      "unavoidable": .bool(isUnavoidable),
    ])
  }
}

extension Receipt.GoingOn {
  package var json: JSONValue {
    .present(["retain_cost_per_step": figure(retainCostPerStep), "steps": steps.map { JSONValue($0) }])
  }
}
