/// Figures as people read them: few digits, the same ones on every machine.
package enum NumberText {
  /// `digits` significant digits, rounded on the shortest decimal text of the number so that no second binary rounding
  /// enters: `0.0123`, `41.2`, `-1.20e-07`. An integer of up to 15 digits has no fraction.
  package static func figure(_ value: Double, digits: Int = 4) -> String {
    guard value.isFinite else { return value.isNaN ? "nan" : value < 0 ? "-inf" : "inf" }
    let sign = value < 0 ? "-" : ""
    guard let (kept, exponent) = rounded(value.magnitude, digits: digits) else { return "0" }
    let text = String(kept)
    // The decimal point stands after `point` digits of `text`.
    let point = text.utf8.count + exponent
    guard point > -4, point <= 15 else {
      let tail = text.dropFirst()
      return "\(sign)\(text.prefix(1))\(tail.isEmpty ? "" : ".")\(tail)e\(point - 1)"
    }
    if exponent >= 0 { return sign + text + String(repeating: "0", count: exponent) }
    if point <= 0 { return sign + "0." + String(repeating: "0", count: -point) + text }
    return sign + text.prefix(point) + "." + text.dropFirst(point)
  }

  /// The number as `kept` times ten to the `exponent`, without zeros at its end; nil for 0.
  private static func rounded(_ value: Double, digits: Int) -> (kept: Int, exponent: Int)? {
    let parts = value.description.split(separator: "e", maxSplits: 1)
    var exponent = parts.count > 1 ? Int(parts[1]) ?? 0 : 0
    let point = parts[0].split(separator: ".", omittingEmptySubsequences: false)
    if point.count > 1 { exponent -= point[1].utf8.count }
    let all = Array(parts[0].utf8.filter { $0 != UInt8(ascii: ".") }.drop { $0 == UInt8(ascii: "0") })
    guard !all.isEmpty else { return nil }
    var kept = all.prefix(digits).reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
    if all.count > digits {
      exponent += all.count - digits
      if all[digits] >= UInt8(ascii: "5") { kept += 1 }
    }
    while kept % 10 == 0 {
      kept /= 10
      exponent += 1
    }
    return (kept, exponent)
  }

  /// `0.9994` as `99.94 %`.
  package static func percent(_ share: Double) -> String { figure(share * 100) + " %" }

  /// `1 row`, `20 rows`.
  package static func count(_ number: Int, _ one: String, _ many: String? = nil) -> String {
    "\(number) \(number == 1 ? one : many ?? one + "s")"
  }

  /// Binary units with one decimal: `1.5 GiB`.
  package static func bytes(_ count: Int) -> String {
    let units = ["bytes", "KiB", "MiB", "GiB", "TiB"]
    var value = Double(count)
    var unit = 0
    while value >= 1024, unit < units.count - 1 {
      value /= 1024
      unit += 1
    }
    return unit == 0 ? "\(count) bytes" : "\(figure((value * 10).rounded() / 10)) \(units[unit])"
  }
}
