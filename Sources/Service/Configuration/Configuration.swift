package import Requests

/// Everything the daemon was told, from one reading of /etc/hamud.
package struct Configuration: Equatable, Sendable {
  package let settings: Settings
  /// In byte order of their names.
  package let models: [ModelSettings]
  /// Models whose file is wrong: they are paused, the others run.
  package let brokenModels: [BrokenModel]

  package init(settings: Settings = Settings(), models: [ModelSettings] = [], brokenModels: [BrokenModel] = []) {
    self.settings = settings
    self.models = models
    self.brokenModels = brokenModels
  }

  package func model(_ name: String) -> ModelSettings? { models.first { $0.name == name } }

  /// Every name that a manifest may mean, broken ones too: their requests wait.
  package var modelNames: [String] {
    (models.map(\.name) + brokenModels.map(\.name)).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  package struct BrokenModel: Equatable, Sendable {
    package let name: String
    package let fault: ConfigurationError
  }
}

/// A configuration file that cannot be used.
package struct ConfigurationError: Error, Equatable, Sendable, CustomStringConvertible {
  package let file: String
  package let problems: [Diagnostic]

  /// `file:line:column: problem; mend`, one a line.
  package var description: String { problems.map { $0.full(in: file) }.joined(separator: "\n") }
}
