/// Blocks of a PEM file (RFC 7468): a label and its bytes. Text outside of blocks is commentary and is passed over.
enum PEM {
  struct Block: Equatable {
    let label: String
    let bytes: [UInt8]
  }

  static func text(_ block: Block) -> String {
    let characters = Array(Base64.text(block.bytes).utf8)
    let lines = stride(from: 0, to: characters.count, by: 64).map {
      String(decoding: characters[$0..<min($0 + 64, characters.count)], as: UTF8.self) + "\n"
    }
    return "-----BEGIN \(block.label)-----\n\(lines.joined())-----END \(block.label)-----\n"
  }

  /// Nil where a block is not closed by its own label or holds what is not base 64.
  static func blocks(in text: String) -> [Block]? {
    var blocks: [Block] = []
    var open: (label: String, content: String)?
    // By bytes: to Swift a return and a newline are one character.
    for bytes in text.utf8.split(separator: UInt8(ascii: "\n")) {
      let line = Substring(bytes.last == UInt8(ascii: "\r") ? bytes.dropLast() : bytes)
      if let label = label(line, "BEGIN") {
        guard open == nil else { return nil }
        open = (label, "")
      } else if let label = label(line, "END") {
        guard let block = open, block.label == label, let bytes = Base64.bytes(block.content) else { return nil }
        blocks.append(Block(label: label, bytes: bytes))
        open = nil
      } else {
        open?.content += line
      }
    }
    return open == nil ? blocks : nil
  }

  private static func label(_ line: Substring, _ word: String) -> String? {
    let (head, tail) = ("-----\(word) ", "-----")
    guard line.hasPrefix(head), line.hasSuffix(tail), line.utf8.count > head.utf8.count + tail.utf8.count else {
      return nil
    }
    return String(line.dropFirst(head.count).dropLast(tail.count))
  }
}
