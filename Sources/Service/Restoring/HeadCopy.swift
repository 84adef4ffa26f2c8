import Ledger
import Platform
import Requests

/// The copy of the audit chain's head that is kept apart from the ledger, in the spool.
///
/// There because it is the one other place that the daemon may write, because a backup of /var/lib/hamud that is brought back
/// leaves it alone, and because the receipts and manifests that are needed then are beside it. It shows an older ledger, a
/// lost one, and one whose chain was made anew; it cannot show that everything on the machine is older, which is why `hamuctl
/// status --json` prints the head too, for whoever keeps it on another machine.
struct HeadCopy: Equatable {
  private static let format = 1
  private static let limit = 1 << 16

  let end: ChainEnd

  /// Nil where there is none.
  /// - Throws: where it cannot be read, or is none.
  static func read(_ places: Places) throws -> HeadCopy? {
    guard try FileStatus.ifPresent(places.headCopy, followingLinks: false) != nil else { return nil }
    let bytes = try DataFile.read(places.headCopy, limit: limit)
    let json = try JSONValue.parse(bytes, limit: limit)
    guard json["hamud"]?.integerValue == format, let entries = json["entries"]?.integerValue, entries >= 0,
      let head = json["head"]?.stringValue.flatMap({ SHA256Digest($0) })
    else { throw ModelTrouble("\(places.headCopy) is no copy of the audit chain's head") }
    return HeadCopy(end: ChainEnd(entries: Int64(entries), head: head))
  }

  /// Why the ledger is not the one whose head was copied, or nobody can tell; nil where it goes on from there.
  ///
  /// The copy is read first: the ledger is at least as new as any copy of its head.
  static func contradiction(of ledger: Ledger, _ places: Places) throws(LedgerError) -> String? {
    let copy: HeadCopy?
    do {
      copy = try read(places)
    } catch {
      return "the copy of its head cannot be read (\(error))"
    }
    guard let copy else {
      return try ledger.headWasCopied()
        ? "the copy of its head, \(places.headCopy), is gone, so that nobody can tell" : nil
    }
    let end = try ledger.chainEnd()
    if copy.end.entries > end.entries {
      return "its audit chain has \(end.entries) entries, and had \(copy.end.entries) when its head was copied to"
        + " \(places.headCopy)"
    }
    return try ledger.chainPasses(copy.end)
      ? nil : "its audit chain is another than the one whose head was copied to \(places.headCopy)"
  }

  func write(_ places: Places, at now: Timestamp) throws(PlatformError) {
    let json: JSONValue = [
      "hamud": JSONValue(Self.format), "entries": .integer(end.entries), "head": JSONValue(end.head.description),
      "at": JSONValue(now.rfc3339()),
    ]
    try DurableFile.publish(json.text + "\n", to: places.headCopy, attributes: FileAttributes(mode: 0o640))
  }
}
