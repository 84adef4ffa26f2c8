import Checkpoints
package import Requests

/// What was read, and what is not as it should be.
package struct VerifyReport: Sendable {
  private(set) var findings: [AuditFinding] = []
  var models = 0
  var versions = 0
  /// Of which the record is kept.
  var purgedVersions = 0
  var files = 0
  var bytes = 0
  var receipts = 0
  var auditEntries = 0
  /// The hash of the chain's last entry: what a copy kept elsewhere is compared with.
  var auditHead: String?
  /// Names of the keys that signed, the one in use first.
  var keys: [String] = []
  var unsignedVersions = 0
  var unsignedReceipts = 0

  mutating func add(
    _ place: String, _ problem: String, mend: String, severity: AuditFinding.Severity = .error
  ) {
    findings.append(AuditFinding(place, problem, mend: mend, severity: severity))
  }

  mutating func add(_ more: [AuditFinding]) { findings += more }

  package var isWhole: Bool { errors == 0 }
  private var errors: Int { findings.filter { $0.severity == .error }.count }

  package var code: ExitCode { isWhole ? .success : .rejected }

  package var json: JSONValue {
    .present([
      "verdict": JSONValue(isWhole ? "whole" : "damaged"), "message": JSONValue(message),
      "findings": .array(findings.map(\.json)), "models": JSONValue(models), "versions": JSONValue(versions),
      "purged_versions": JSONValue(purgedVersions), "files": JSONValue(files), "bytes": JSONValue(bytes),
      "receipts": JSONValue(receipts),
      "unsigned_versions": JSONValue(unsignedVersions), "unsigned_receipts": JSONValue(unsignedReceipts),
      "audit_entries": JSONValue(auditEntries), "audit_head": auditHead.map { JSONValue($0) },
      "keys": .array(keys.map { JSONValue($0) }),
    ])
  }

  private var message: String {
    func count(_ number: Int, _ one: String, _ many: String? = nil) -> String {
      NumberText.count(number, one, many)
    }
    let read =
      count(versions, "version") + " of " + count(models, "model") + " (" + count(files, "file") + ", "
      + count(bytes, "byte") + "), " + count(purgedVersions, "record") + " of purged ones, "
      + count(receipts, "receipt") + ", " + count(auditEntries, "entry", "entries") + " of the audit chain"
    let unsigned = [(unsignedVersions, "version"), (unsignedReceipts, "receipt")].filter { $0.0 > 0 }
    let verb = unsigned.reduce(0) { $0 + $1.0 } == 1 ? "is" : "are"
    let words = unsigned.map { count($0.0, $0.1) }.joined(separator: " and ")
    let old = words.isEmpty ? "" : "; \(words) \(verb) from before there were signatures"
    return isWhole ? "whole: \(read)\(old)" : "DAMAGED, \(count(errors, "error")): \(read)\(old)"
  }
}

extension AuditFinding {
  fileprivate var json: JSONValue {
    [
      "severity": JSONValue(severity.rawValue), "where": JSONValue(place), "problem": JSONValue(problem),
      "mend": JSONValue(mend),
    ]
  }
}
