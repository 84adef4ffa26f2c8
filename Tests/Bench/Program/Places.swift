import ArgumentParser
import Platform

/// Where things are: everything that is made lies below `.build`.
struct Places: ParsableArguments {
  @Option(help: ArgumentHelp("The checkout; the working directory by default.", valueName: "dir")) var root: String?

  var top: String { root ?? ProcessControl.currentDirectory ?? "." }
  var made: String { Paths.join(top, ".build", "bench") }
  var peerScript: String { Paths.join(top, "Tests", "Bench", "peer.py") }
  var demoData: String { Paths.join(top, "etc", "demo", "data") }

  /// The folder with the model and rows that everybody measures on: `HAMUD_SHARED`, or `shared` beside the checkout.
  /// nil where there is none, as in a stranger's clone.
  var shared: String? {
    let path = ProcessControl.environment("HAMUD_SHARED") ?? Paths.join(top, "..", "shared")
    return isThere(Paths.join(path, "models")) ? path : nil
  }

  func isThere(_ path: String) -> Bool { (try? FileStatus.ifPresent(path)) != nil }
}
