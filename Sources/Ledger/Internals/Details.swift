import Platform
import Requests

/// The sentences of receipts that follow from the ledger alone. They hold numbers and ids that the requester knows, and
/// nothing of anybody else's.
enum Details {
  static func accepted(rows: Int) -> String { "\(counted(rows, "row")) wait\(rows == 1 ? "s" : "") for a batch" }

  static func unresolved(model: String) -> String {
    "its rows are looked up, and it goes on by itself, when model \(model) can be used again"
  }

  static func alreadyForgotten(version: Int?) -> String {
    let who = version.map { "version \($0)" } ?? "the model"
    return "every row that the request names was forgotten before; \(who) does not know them"
  }

  static func nothingSelected(version: Int?) -> String {
    let who = version.map { "version \($0)" } ?? "the model"
    return "none of the request's rows is in the data that \(who) was trained on"
  }

  static func share(rows: Int, left: Int, share: Double, id: RequestID) -> String {
    """
    \(counted(rows, "row")) of the \(left) that are left is more than max_forget_share \(share) allows; \
    `hamuctl resume \(id)` lets it run nevertheless, `hamuctl cancel \(id)` ends it
    """
  }

  static func missing(model: String) -> String {
    "model \(model) is not configured at the moment; the request goes on by itself when it is back"
  }

  static func scheduled(batch: Int) -> String { "it is in batch \(batch) and waits for its run" }
  static func unlearning(batch: Int) -> String { "batch \(batch) is running" }

  static func failed(_ detail: String, retryAt: Timestamp) -> String {
    "\(ended(detail)) It is tried again at \(retryAt.rfc3339())."
  }

  static func retriesSpent(_ detail: String, tries: Int, id: RequestID) -> String {
    """
    \(ended(detail)) It was tried \(tries) times; when the cause is mended, `hamuctl retry \(id)` starts over, \
    `hamuctl cancel \(id)` ends it.
    """
  }

  static let cancelled = "it was cancelled; nothing was forgotten for it"
  static let cancelledBefore =
    "it was cancelled, as its receipt said, before an older ledger was brought back; nothing was forgotten for it"
  static let reopened = "another model was brought in that was trained on these rows; they have to be forgotten again"
  static func rolledBack(to version: Int) -> String {
    "the model goes back to version \(version), which still remembers these rows; they have to be forgotten again"
  }

  static let back = "its model is configured again"

  private static func counted(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }

  private static func ended(_ sentence: String) -> String {
    guard let last = sentence.last, !".!?".contains(last) else { return sentence }
    return sentence + "."
  }
}
