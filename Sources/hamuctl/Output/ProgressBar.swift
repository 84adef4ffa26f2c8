import Platform

/// A bar on standard error, redrawn in place; nothing where that is no terminal, so that logs stay readable.
struct ProgressBar {
  private static let width = 24

  private let title: String
  private let isShown: Bool
  private var drawn = ""
  private var last = MonotonicInstant.now

  /// - Parameter title: nil: never shown.
  init(_ title: String?) {
    self.title = title ?? ""
    isShown = title != nil && Console.isTerminal(.error)
  }

  mutating func show(done: Int, of all: Int, _ text: String) {
    guard isShown, done == all || MonotonicInstant.now - last > .milliseconds(100) else { return }
    last = .now
    let filled = all == 0 ? 0 : Self.width * done / all
    let bar = String(repeating: "#", count: filled) + String(repeating: ".", count: Self.width - filled)
    let line = String("\(title) [\(bar)] \(text)".prefix(max(20, (Console.width(.error) ?? 80) - 1)))
    draw(line)
  }

  /// Leaves the line empty for what is said next.
  mutating func end() {
    if isShown, !drawn.isEmpty { draw("") }
  }

  private mutating func draw(_ line: String) {
    let padding = String(repeating: " ", count: max(0, drawn.count - line.count))
    // Nobody is left to be told that a bar could not be drawn.
    try? Console.write("\r" + line + padding + (line.isEmpty ? "\r" : ""), to: .error)
    drawn = line
  }
}
