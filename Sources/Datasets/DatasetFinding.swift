/// One thing that `hamuctl check` says about a model's data. No ids, subjects or content.
package struct DatasetFinding: Sendable, Equatable {
  package enum Severity: String, Sendable {
    /// It cannot work.
    case error
    /// It will disappoint.
    case warning
  }

  package let severity: Severity
  package let problem: String
  package let mend: String
}

/// What a model takes and gives.
package struct ModelFit: Sendable, Equatable {
  package enum Input: Sendable, Equatable {
    /// A convolutional network: any height and width.
    case channels(Int)
    /// A feed-forward one: pictures are flattened.
    case features(Int)
  }

  package let input: Input
  package let classCount: Int

  package init(input: Input, classCount: Int) {
    self.input = input
    self.classCount = classCount
  }
}

extension Dataset {
  /// Below this a class's membership figures move by whole steps and decide little.
  package static let fewHeldoutRows = 20

  /// Why these data are not for that model; nil where they fit.
  package func misfit(_ model: ModelFit) -> DatasetError? {
    switch model.input {
    case .channels(let channels) where sampleShape.count != 3 || sampleShape[0] != channels:
      return .unfit(
        "the model takes pictures of \(channels) channels and a sample is \(shapeText); name the data it was trained on"
      )
    case .features(let features) where sampleElements != features:
      return .unfit(
        "the model takes \(features) numbers and a sample is \(shapeText); "
          + "name the data it was trained on, with its columns"
      )
    default: break
    }
    guard classCount <= model.classCount else {
      return .unfit(
        "the model tells \(model.classCount) classes apart and the labels go up to \(classCount - 1); "
          + "name the data it was trained on")
    }
    return nil
  }

  /// All findings: errors first. Reads every row once.
  package func findings(for model: ModelFit?) throws(DatasetError) -> [DatasetFinding] {
    var findings: [DatasetFinding] = []
    if let model, let misfit = misfit(model) {
      let (problem, mend) = misfit.problemAndMend
      findings.append(DatasetFinding(severity: .error, problem: problem, mend: mend))
    }
    let honest = try honestHeldoutRows()
    findings += classFindings(honest)
    let left = heldout.count - honest.count
    if left > 0 {
      findings.append(
        DatasetFinding(
          severity: .warning,
          problem: "\(left) of \(heldout.count) held-out rows are also training rows, byte for byte; they are left out",
          mend: "take them out of the held-out files, or out of the training files"))
    }
    return findings.filter { $0.severity == .error } + findings.filter { $0.severity == .warning }
  }

  private func classFindings(_ honest: [Int]) -> [DatasetFinding] {
    var counts = [Int](repeating: 0, count: classCount)
    for row in honest { counts[Int(heldout.labels[row])] += 1 }
    return (0..<classCount).compactMap { label in
      guard !train.rows(ofClass: label).isEmpty, counts[label] < Self.fewHeldoutRows else { return nil }
      let name = classNames.map { "class \(label) (\($0[label]))" } ?? "class \(label)"
      if counts[label] == 0 {
        return DatasetFinding(
          severity: .error,
          problem: "\(name) has training rows and no held-out row, so nothing says how an unseen row of it looks",
          mend: "move some rows of it from the training files to the held-out files, and train again")
      }
      return DatasetFinding(
        severity: .warning,
        problem:
          "\(name) has \(counts[label]) held-out rows, fewer than \(Self.fewHeldoutRows): its figures will be coarse",
        mend: "add held-out rows of it")
    }
  }

  private var shapeText: String { sampleShape.map(String.init).joined(separator: " x ") + " numbers" }
}
