/// As it is kept: a mark, then numbers in little-endian order.
extension Imprint {
  private static let mark: [UInt8] = Array("hamudim1".utf8)

  package var bytes: [UInt8] {
    var bytes = Self.mark
    for number in [seed, UInt64(parameters), UInt64(rows), UInt64(direction.count), UInt64(place.count)] {
      bytes.append(number)
    }
    for number in [taken, slope, origin] { bytes.append(number.bitPattern) }
    for number in direction + place { bytes.append(number.bitPattern) }
    return bytes
  }

  /// Nil for anything else than what `bytes` gives.
  package init?(bytes: [UInt8]) {
    guard bytes.starts(with: Self.mark) else { return nil }
    var rest = bytes.dropFirst(Self.mark.count)
    var head: [UInt64] = []
    for _ in 0..<8 {
      guard let number = rest.take(UInt64.self) else { return nil }
      head.append(number)
    }
    let most = UInt64(RunLimits.imprintWidth)
    guard (1...most).contains(head[3]), head[4] == RunLimits.imprintPlaceWidth,
      let parameters = Int(exactly: head[1]), let rows = Int(exactly: head[2]),
      rest.count == (Int(head[3]) + Int(head[4])) * MemoryLayout<Float>.size
    else { return nil }
    var floats: [Float] = []
    while let number = rest.take(UInt32.self) { floats.append(Float(bitPattern: number)) }
    let width = Int(head[3])
    let (taken, slope, origin) = (
      Double(bitPattern: head[5]), Double(bitPattern: head[6]), Double(bitPattern: head[7])
    )
    guard taken.isFinite, slope.isFinite, origin.isFinite, floats.allSatisfy(\.isFinite) else { return nil }
    self.init(
      seed: head[0], parameters: parameters, rows: rows, taken: taken, slope: slope,
      direction: Array(floats.prefix(width)), origin: origin, place: Array(floats.dropFirst(width)))
  }
}

extension [UInt8] {
  fileprivate mutating func append(_ number: some FixedWidthInteger) {
    Swift.withUnsafeBytes(of: number.littleEndian) { append(contentsOf: $0) }
  }
}

extension ArraySlice<UInt8> {
  fileprivate mutating func take<Number: FixedWidthInteger>(_: Number.Type) -> Number? {
    let size = MemoryLayout<Number>.size
    guard count >= size else { return nil }
    defer { removeFirst(size) }
    return prefix(size).reversed().reduce(Number.zero) { $0 << 8 | Number(truncatingIfNeeded: $1) }
  }
}
