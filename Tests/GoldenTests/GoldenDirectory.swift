import FoundationEssentials

/// Where the golden files are.
enum GoldenDirectory {
  enum Place {
    /// To be read; that nothing is in it is a failure.
    case at(String)
    /// Nobody named one, and this checkout has no `../shared`.
    case absent
  }

  /// `HAMUD_GOLDEN`, or `../shared/golden` beside the package.
  static var place: Place {
    let environment = ProcessInfo.processInfo.environment
    if let named = environment["HAMUD_GOLDEN"], !named.isEmpty { return .at(named) }
    let shared = environment["HAMUD_SHARED"] ?? packageRoot + "/../shared"
    let golden = shared + "/golden"
    return FileManager.default.fileExists(atPath: golden) ? .at(golden) : .absent
  }

  /// Names in `directory` that begin and end so, in byte order.
  static func files(in directory: String, prefix: String, suffix: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: directory)
      .filter { $0.hasPrefix(prefix) && $0.hasSuffix(suffix) }
      .sorted { Array($0.utf8).lexicographicallyPrecedes(Array($1.utf8)) }
  }

  static func read(_ name: String, in directory: String) throws -> Data {
    try Data(contentsOf: URL(filePath: directory + "/" + name))
  }

  /// The nearest folder above this file that holds Package.swift.
  private static var packageRoot: String {
    var folder = #filePath.split(separator: "/").dropLast()
    while !folder.isEmpty {
      let path = "/" + folder.joined(separator: "/")
      if FileManager.default.fileExists(atPath: path + "/Package.swift") { return path }
      folder = folder.dropLast()
    }
    return "."
  }
}
