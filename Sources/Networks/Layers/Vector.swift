/// Up to sixteen values at a time, at any address.
enum Vector {
  static let lanes = 16

  @inline(__always)
  static func load<S: Scalar>(_ address: UnsafePointer<S>) -> SIMD16<S> {
    UnsafeRawPointer(address).loadUnaligned(as: SIMD16<S>.self)
  }

  @inline(__always)
  static func store<S: Scalar>(_ value: SIMD16<S>, _ address: UnsafeMutablePointer<S>) {
    UnsafeMutableRawPointer(address).storeBytes(of: value, as: SIMD16<S>.self)
  }

  /// The first `count` lanes from memory, zero in the others.
  @inline(__always)
  static func load<S: Scalar>(_ address: UnsafePointer<S>, _ count: Int) -> SIMD16<S> {
    if count == lanes { return load(address) }
    var value = SIMD16<S>()
    for lane in 0..<count { value[lane] = address[lane] }
    return value
  }

  /// The first `count` lanes to memory.
  @inline(__always)
  static func store<S: Scalar>(_ value: SIMD16<S>, _ address: UnsafeMutablePointer<S>, _ count: Int) {
    if count == lanes { return store(value, address) }
    for lane in 0..<count { address[lane] = value[lane] }
  }
}

/// Walks a matrix [rows, channels] down its columns, sixteen channels abreast: what belongs to a channel stays in
/// registers.
struct Columns {
  let rows: Range<Int>
  let channels: Int

  /// Rows that are added up in the working precision before the sum goes on in float64.
  static let partRows = 256

  /// `body(first channel, lanes)` for each group of columns.
  @inline(__always)
  func forEachGroup(_ body: (_ channel: Int, _ count: Int) -> Void) {
    var channel = 0
    while channel < channels {
      body(channel, min(Vector.lanes, channels - channel))
      channel += Vector.lanes
    }
  }

  /// `body(index)` for each row's element at `channel`.
  @inline(__always)
  func forEachRow(_ channel: Int, _ body: (_ index: Int) -> Void) {
    var index = rows.lowerBound * channels + channel
    for _ in rows {
      body(index)
      index += channels
    }
  }

  /// Adds `term(index)` over the rows of each column to `sums`: in parts of some hundred rows in S, parts in float64.
  @inline(__always)
  func addSums<S: Scalar>(
    to sums: UnsafeMutablePointer<Double>, _ term: (_ channel: Int, _ count: Int, _ index: Int) -> SIMD16<S>
  ) {
    var start = rows.lowerBound
    while start < rows.upperBound {
      let part = Columns(rows: start..<min(rows.upperBound, start + Self.partRows), channels: channels)
      part.forEachGroup { channel, count in
        var sum = SIMD16<S>(repeating: 0)
        part.forEachRow(channel) { sum = S.sum(sum, term(channel, count, $0)) }
        for lane in 0..<count { sums[channel + lane] += Double(sum[lane]) }
      }
      start = part.rows.upperBound
    }
  }
}
