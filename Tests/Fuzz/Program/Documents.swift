import Requests
import Service

/// A manifest, a receipt and the control socket's JSON: one reader's bytes are another's hostile ones.
func takeManifest(_ bytes: [UInt8]) {
  takeDocument(bytes) { (bytes) throws(Refusal) in try Manifest.parse(bytes, fileStem: "case") }
  takeDocument(bytes) { (bytes) throws(Refusal) in try Receipt.parse(bytes) }
  takeDocument(bytes) { (bytes) throws(Refusal) in
    let value = try JSONValue.parse(bytes)
    promise(try JSONValue.parse(Array(value.text.utf8)) == value, "a JSON value's text says the same value")
    return value
  }
}

/// hamud.yaml, and a file of models.d.
func takeConfiguration(_ bytes: [UInt8]) {
  takeDocument(bytes) { (bytes) throws(Refusal) in try Settings.parse(bytes) }
  takeDocument(bytes) { (bytes) throws(Refusal) in
    try ModelSettings.parse(bytes, name: "case", file: "/etc/hamud/models.d/case.yaml")
  }
}

/// What is taken once is taken again, as the same; what is refused is refused with places that are in the text, one line for each
/// problem, and with nothing of the text in what the journal gets.
private func takeDocument<Value: Equatable>(_ bytes: [UInt8], _ parse: ([UInt8]) throws(Refusal) -> Value) {
  do {
    let value = try parse(bytes)
    promise(try parse(bytes) == value, "the same bytes say the same")
  } catch {
    promise(!error.problems.isEmpty, "a refusal says why")
    promise(error.problems == Diagnostic.sorted(error.problems), "problems are in the order of the file")
    let lines = 1 + bytes.count { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") } + separators(bytes)
    for problem in error.problems { checkWords(problem, lines: lines, columns: bytes.count + 2) }
  }
}

private func checkWords(_ problem: Diagnostic, lines: Int, columns: Int) {
  if let place = problem.position {
    promise((1...lines + 1).contains(place.line) && (1...columns).contains(place.column), "\(place) is in the text")
    promise(problem.full.hasPrefix("\(place.line):\(place.column): "), "a problem begins with line:column")
  }
  promise(!problem.mend.full.isEmpty, "every problem has its mend")
  promise(!problem.full.unicodeScalars.contains(where: isControl), "a problem is one line: \(problem.full)")
  // Ours is ASCII and an ellipsis; a foreign letter came from the file.
  let isOurs = problem.redacted.unicodeScalars.allSatisfy { $0.isASCII && !isControl($0) || $0 == "…" }
  promise(isOurs, "nothing of the text is in \(problem.redacted)")
}

private func isControl(_ scalar: Unicode.Scalar) -> Bool {
  switch scalar.properties.generalCategory {
  case .control, .lineSeparator, .paragraphSeparator: true
  default: false
  }
}

/// YAML breaks lines at NEL, LS and PS too; each of them ends in one of these bytes.
private func separators(_ bytes: [UInt8]) -> Int { bytes.count { $0 == 0x85 || $0 == 0xA8 || $0 == 0xA9 } }
