import Platform
import Service
import Testing

/// The message catalogue and the code are two halves of one promise: `journalctl -x` explains every entry.
@Suite struct CatalogTests {
  struct Explanation {
    var subject = ""
    var text = ""
  }

  private func catalog() throws -> [String: Explanation] {
    let root = #filePath.prefix(upTo: #filePath.range(of: "/Tests/ServiceTests/")?.lowerBound ?? #filePath.endIndex)
    let bytes = try DataFile.read(root + "/systemd/hamud.catalog", limit: 1 << 20)
    var found: [String: Explanation] = [:]
    var current: String?
    for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("-- ") {
        let id = String(line.dropFirst(3))
        #expect(found[id] == nil, "\(id) is there twice")
        found[id] = Explanation()
        current = id
      } else if let id = current {
        if line.hasPrefix("Subject: ") {
          found[id]?.subject = String(line.dropFirst(9))
        } else if !line.hasPrefix("Defined-By: "), !line.hasPrefix("Documentation: ") {
          found[id]?.text += line
        }
      }
    }
    return found
  }

  @Test func catalog_explainsEveryKindAndNothingElse() throws {
    let found = try catalog()
    #expect(Set(found.keys) == Set(EventKind.allCases.map(\.messageID)))
    for (id, explanation) in found {
      #expect(!explanation.subject.isEmpty, "\(id)")
      #expect(explanation.text.utf8.count > 40, "\(id)")
    }
  }

  @Test func catalog_refersOnlyToFieldsThatTheEntryHas() throws {
    let found = try catalog()
    for event in EventSamples.all {
      let parts = found[event.kind.messageID]?.text.split(separator: "@", omittingEmptySubsequences: false) ?? []
      let named = parts.enumerated().filter { $0.offset % 2 == 1 }.map { String($0.element) }
      let own = Set(event.entry.fields.map(\.name))
      #expect(named.allSatisfy(own.contains), "\(event.kind): \(named)")
    }
  }

  @Test func identifiers_are128BitsAndDiffer() {
    let ids = EventKind.allCases.map(\.messageID)
    #expect(Set(ids).count == ids.count)
    for id in ids {
      #expect(id.utf8.count == 32)
      #expect(id.allSatisfy { $0.isHexDigit && !$0.isUppercase })
    }
  }
}

extension String {
  fileprivate func range(of needle: String) -> Range<String.Index>? {
    var start = startIndex
    while start < endIndex {
      if self[start...].hasPrefix(needle) { return start..<index(start, offsetBy: needle.count) }
      start = index(after: start)
    }
    return nil
  }
}
