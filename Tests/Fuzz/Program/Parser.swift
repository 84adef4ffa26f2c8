import Glibc

/// What reads bytes from outside. Each either refuses them in words or keeps what it promises of them; anything else traps, and the
/// input is kept.
enum Parser: String, CaseIterable {
  case manifest, configuration, safetensors, model, csv, idx

  static let chosen = getenv("FUZZ_TARGET").flatMap { Parser(rawValue: String(cString: $0)) }

  func take(_ bytes: [UInt8]) {
    switch self {
    case .manifest: takeManifest(bytes)
    case .configuration: takeConfiguration(bytes)
    case .safetensors: takeSafetensors(bytes)
    case .model: takeModel(bytes)
    case .csv: takeCSV(bytes)
    case .idx: takeIDX(bytes)
    }
  }
}

/// Ends the process where a promise is broken: to libFuzzer that is a finding like any crash.
func promise(_ holds: Bool, _ promise: @autoclosure () -> String) {
  if !holds { fatalError("broken promise: \(promise())") }
}
