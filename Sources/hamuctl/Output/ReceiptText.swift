import ArgumentParser
import Requests

/// A receipt for a person at a terminal.
enum ReceiptText {
  /// One line: id, state, reason, and the sentence.
  static func summary(_ receipt: JSONValue) -> String {
    var text = Figures.text(receipt["request"]) + ": " + Figures.text(receipt["state"])
    if let reason = receipt["reason"]?.stringValue { text += " (" + reason + ")" }
    if let version = receipt["version"]?.integerValue { text += ", version \(version)" }
    if let detail = receipt["detail"]?.stringValue {
      text += "\n  " + detail.split(separator: "\n").joined(separator: "\n  ")
    }
    return text
  }

  /// Everything, the evidence as a table of before and after.
  static func whole(_ receipt: JSONValue) -> String {
    var lines: [String] = []
    for member in receipt.members ?? [] where member.value.members == nil && member.key != "hamud" {
      let text = (pairs(member.value) ?? Figures.text(member.value)).split(
        separator: "\n", omittingEmptySubsequences: false)
      lines.append(pad(member.key) + text.joined(separator: "\n" + pad("")))
    }
    for purge in receipt["purged"]?.members ?? [] {
      lines.append(pad("purged") + "version \(purge.key), which still remembered: " + Figures.text(purge.value))
    }
    if let evidence = evidence(receipt) { lines += ["", evidence] }
    for key in ["hardness", "going_on"] {
      guard let members = receipt[key]?.members else { continue }
      lines += ["", key]
      lines += members.map { "  " + pad($0.key) + figure($0.value) }
    }
    return lines.joined(separator: "\n")
  }

  private static func evidence(_ receipt: JSONValue) -> String? {
    let before = receipt["before"]
    let after = receipt["after"]
    guard let keys = (after ?? before)?.members?.map(\.key) else { return nil }
    var table = Table([.text("measured"), .figure("before"), .figure("after")])
    for key in keys { table.add([key, figure(before?[key]), figure(after?[key])]) }
    return table.text
  }

  private static func figure(_ value: JSONValue?) -> String {
    if let flag = value?.boolValue { return flag ? "yes" : "no" }
    if let pair = value?.elements { return pair.map { Figures.short($0) }.joined(separator: " .. ") }
    return Figures.short(value)
  }

  /// `17 = 5301, 18 = 77`; nil for what is no list of pairs.
  private static func pairs(_ value: JSONValue) -> String? {
    value.elements?.compactMap(\.elements).map { $0.map(Figures.text).joined(separator: " = ") }.joined(separator: ", ")
  }

  private static func pad(_ key: String) -> String { key + String(repeating: " ", count: max(1, 19 - key.count)) }
}

/// The exit code that tells a script how a request ended.
enum Ending {
  static func exit(as receipt: JSONValue) throws {
    guard let state = receipt["state"]?.stringValue.flatMap(RequestState.init(rawValue:)),
      let code = ExitStatus(of: state), code != .success
    else { return }
    throw ArgumentParser.ExitCode(code.rawValue)
  }
}
