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

  /// The same with what one model's file says now.
  package func replacing(_ name: String, by outcome: Result<ModelSettings, ConfigurationError>) -> Configuration {
    var (models, broken) = (models.filter { $0.name != name }, brokenModels.filter { $0.name != name })
    switch outcome {
    case .success(let model): models.append(model)
    case .failure(let fault): broken.append(BrokenModel(name: name, fault: fault))
    }
    func ordered<Entry>(_ entries: [Entry], _ name: (Entry) -> String) -> [Entry] {
      entries.sorted { name($0).utf8.lexicographicallyPrecedes(name($1).utf8) }
    }
    return Configuration(settings: settings, models: ordered(models, \.name), brokenModels: ordered(broken, \.name))
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
  /// The file could not be read for a reason that is not in it and may be gone the next time.
  package var isTransient = false

  /// `file:line:column: problem; mend`, one a line.
  package var description: String { problems.map { $0.full(in: file) }.joined(separator: "\n") }
}
