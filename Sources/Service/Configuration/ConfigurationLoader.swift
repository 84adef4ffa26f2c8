import Platform
import Requests

/// /etc/hamud -> a `Configuration`. Reads, and never remembers: a reload reads everything anew and only then replaces
/// what was in force.
package enum ConfigurationLoader {
  /// - Throws: when hamud.yaml is wrong or cannot be read. One bad model file breaks that model alone.
  package static func load(_ places: Places) throws(ConfigurationError) -> Configuration {
    let settings = try loadSettings(places.settingsFile)
    var models: [ModelSettings] = []
    var broken: [Configuration.BrokenModel] = []
    for name in try modelNames(in: places.modelSettings) {
      let file = Paths.join(places.modelSettings, name + ".yaml")
      do {
        models.append(try loadModel(name, file: file))
      } catch {
        broken.append(Configuration.BrokenModel(name: name, fault: error))
      }
    }
    return Configuration(settings: settings, models: models, brokenModels: broken)
  }

  /// One model's file. For `hamuctl`, which needs no other.
  package static func loadModel(_ name: String, file: String) throws(ConfigurationError) -> ModelSettings {
    guard RequestID.isName(name) else {
      let problem = Diagnostic(
        at: nil, "the file's name is no name for a model",
        mend: "call it NAME.yaml; NAME: 1 to 128 letters, digits, '.', '_' or '-', beginning with a letter or digit")
      throw ConfigurationError(file: file, problems: [problem])
    }
    let bytes = try read(file)
    do {
      return try ModelSettings.parse(bytes, name: name, file: file)
    } catch {
      throw ConfigurationError(file: file, problems: error.problems)
    }
  }

  private static func loadSettings(_ file: String) throws(ConfigurationError) -> Settings {
    guard try isPresent(file) else { return Settings() }
    let bytes = try read(file)
    do {
      return try Settings.parse(bytes)
    } catch {
      throw ConfigurationError(file: file, problems: error.problems)
    }
  }

  /// Stems of `*.yaml` without those that start with a dot, in byte order; none where the directory is absent.
  private static func modelNames(in directory: String) throws(ConfigurationError) -> [String] {
    guard try isPresent(directory) else { return [] }
    do {
      return try DurableDirectory.fileNames(directory)
        .filter { $0.hasSuffix(".yaml") && !$0.startsWithDot }
        .map { String($0.readable.dropLast(".yaml".count)) }
    } catch {
      throw unreadable(directory, error)
    }
  }

  private static func isPresent(_ path: String) throws(ConfigurationError) -> Bool {
    do {
      return try FileStatus.ifPresent(path) != nil
    } catch {
      throw unreadable(path, error)
    }
  }

  private static func read(_ file: String) throws(ConfigurationError) -> [UInt8] {
    do {
      return try DataFile.read(file, limit: Limits.documentBytes)
    } catch {
      throw unreadable(file, error)
    }
  }

  private static func unreadable(_ path: String, _ error: PlatformError) -> ConfigurationError {
    let mend = error.hint.isEmpty ? "check the file" : error.hint
    return ConfigurationError(
      file: path,
      problems: [Diagnostic(at: nil, "it cannot be read: \(ours: error.reason)", mend: "\(ours: mend)")],
      isTransient: error.isTransient)
  }
}
