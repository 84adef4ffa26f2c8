package import Requests

/// Why a call was not carried out: an exit code for scripts and a sentence for a person.
package struct ControlError: Error, Sendable, Equatable {
  package let code: ExitCode
  package let message: String
  /// A refused manifest's receipt, for `submit`.
  package var receipt: JSONValue?

  package init(_ code: ExitCode, _ message: String, receipt: JSONValue? = nil) {
    self.code = code
    self.message = message
    self.receipt = receipt
  }

  package var json: JSONValue {
    ["error": .present(["code": JSONValue(Int(code.rawValue)), "message": JSONValue(message), "receipt": receipt])]
  }

  /// The error in an answer; nil when the answer is none.
  package init?(answer: JSONValue) {
    guard let error = answer["error"] else { return nil }
    code = error["code"]?.integerValue.flatMap { Int32(exactly: $0) }.flatMap(ExitCode.init(rawValue:)) ?? .software
    message = error["message"]?.stringValue ?? "the daemon gave no reason"
    receipt = error["receipt"]
  }
}
