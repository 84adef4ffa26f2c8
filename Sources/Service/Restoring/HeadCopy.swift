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

  func write(_ places: Places, at now: Timestamp) throws(PlatformError) {
    let json: JSONValue = [
      "hamud": JSONValue(Self.format), "entries": .integer(end.entries), "head": JSONValue(end.head.description),
      "at": JSONValue(now.rfc3339()),
    ]
    try DurableFile.publish(json.text + "\n", to: places.headCopy, attributes: FileAttributes(mode: 0o640))
  }
}
