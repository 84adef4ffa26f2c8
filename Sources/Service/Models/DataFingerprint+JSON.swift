package import Datasets
import Requests

extension DataFingerprint {
  /// As the ledger keeps it.
  package var json: String {
    JSONValue.array(
      files.map {
        [
          "role": JSONValue($0.role.rawValue), "path": JSONValue($0.path), "size": JSONValue($0.size),
          "modified": .integer($0.modifiedNanoseconds), "sha256": JSONValue($0.sha256),
        ]
      }
    ).text
  }

  /// Nil when the text is not one that `json` gives.
  package init?(json: String) {
    guard let elements = (try? JSONValue.parse(Array(json.utf8)))?.elements else { return nil }
    var files: [File] = []
    for element in elements {
      guard let role = element["role"]?.stringValue.flatMap(Role.init(rawValue:)),
        let path = element["path"]?.stringValue, let size = element["size"]?.integerValue,
        let modified = element["modified"]?.integerValue, let digest = element["sha256"]?.stringValue
      else { return nil }
      files.append(
        File(role: role, path: path, size: size, modifiedNanoseconds: Int64(modified), sha256: digest))
    }
    self.init(files: files)
  }
}
