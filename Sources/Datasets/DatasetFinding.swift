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
  /// Why these data are not for that model; nil where they fit.
  package func misfit(_ model: ModelFit) -> DatasetError? {
    preconditionFailure()
  }

  /// All findings: errors first. Reads every row once.
  package func findings(for model: ModelFit?) throws(DatasetError) -> [DatasetFinding] {
    preconditionFailure()
  }
}
