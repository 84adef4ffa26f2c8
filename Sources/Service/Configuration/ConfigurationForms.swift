import Platform
import Requests

extension ScalarForm where Value == Duration {
  static func duration(in range: ClosedRange<Duration>, _ words: String, example: String) -> Self {
    Self(shape: "a duration from \(words)", example: example) { scalar in
      guard case .value(let value) = ScalarForm<Duration>.duration.read(scalar), range.contains(value) else {
        return .unfit
      }
      return .value(value)
    }
  }
}

extension ScalarForm where Value == String {
  /// A path, relative ones from the configuration file's own directory.
  static func path(in directory: String, example: String) -> Self {
    Self(
      shape: "a path", example: example,
      text: { text in
        // A zero byte would end the path early inside every system call.
        guard !text.isEmpty, !text.utf8.contains(0) else { return nil }
        return Paths.join(directory, text)
      })
  }
}
