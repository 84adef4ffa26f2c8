/// Ranges of subordinate user ids, subuid(5): lines `OWNER:START:COUNT`, OWNER a user's name or id.
///
/// Through newuidmap(1), which rootless containers use, the owner of a range acts and owns files under every id in it.
package struct SubordinateRanges: Equatable, Sendable {
  package enum Owner: Hashable, Sendable {
    case name(String)
    case uid(UInt32)
  }

  package struct Range: Equatable, Sendable {
    package let owner: Owner
    package let uids: ClosedRange<UInt32>

    package init(_ owner: Owner, _ uids: ClosedRange<UInt32>) {
      self.owner = owner
      self.uids = uids
    }
  }

  /// Nobody has the largest number: for the kernel it means no user.
  private static let lastUser = UInt32.max - 1

  /// In the order of the lines.
  package let ranges: [Range]

  /// - Parameter bytes: a file's. A line that is none of this form is skipped, and takes no other with it; a range that goes past the
  ///   last user ends there.
  package init(parsing bytes: [UInt8]) {
    ranges = bytes.split(separator: UInt8(ascii: "\n")).compactMap(Self.range)
  }

  /// The first one that holds the uid, where several do.
  package func range(of uid: UInt32) -> Range? { ranges.first { $0.uids.contains(uid) } }

  private static func range(_ line: ArraySlice<UInt8>) -> Range? {
    let fields = line.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
    guard fields.count == 3, let owner = owner(fields[0]), let start = number(fields[1]), let count = number(fields[2]),
      start <= lastUser, count > 0
    else { return nil }
    let first = UInt32(start)
    return Range(owner, first...first + UInt32(min(count - 1, UInt64(lastUser - first))))
  }

  /// A user's name of digits alone would be taken for a number, as newuidmap(1) takes it.
  private static func owner(_ field: ArraySlice<UInt8>) -> Owner? {
    if let number = number(field) { return number <= lastUser ? .uid(UInt32(number)) : nil }
    // A zero byte would end the name early for the C library, and so make it another user's.
    guard let first = field.first, first != UInt8(ascii: "#"), field.allSatisfy({ $0 > 0x20 && $0 != 0x7f }) else {
      return nil
    }
    return String(validating: field, as: UTF8.self).map(Owner.name)
  }

  /// Digits only: `UInt64`'s own reading takes a sign too.
  private static func number(_ field: ArraySlice<UInt8>) -> UInt64? {
    guard field.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else { return nil }
    return UInt64(String(decoding: field, as: UTF8.self))
  }
}
