/// What the numbers of a binary file are, and how they become the network's: exact in Double, then one rounding; but
/// bytes go through float32 as in PyTorch's `(x.float() / 255 - mean) / std`, so that pictures are the same bits in
/// both.
enum ElementKind: Sendable, Equatable {
  case byte
  case int8
  case int16(bigEndian: Bool)
  case int32(bigEndian: Bool)
  case int64
  case float16
  case bfloat16
  case float32(bigEndian: Bool)
  case float64(bigEndian: Bool)

  var bytes: Int {
    switch self {
    case .byte, .int8: 1
    case .int16, .float16, .bfloat16: 2
    case .int32, .float32: 4
    case .int64, .float64: 8
    }
  }

  /// The number that begins at `offset`. The caller has checked that it lies within the bytes.
  func number(_ bytes: UnsafeRawBufferPointer, _ offset: Int) -> Double {
    switch self {
    case .byte: return Double(bytes[offset])
    case .int8: return Double(Int8(bitPattern: bytes[offset]))
    case .int16(let big): return Double(integer(Int16.self, bytes, offset, big))
    case .int32(let big): return Double(integer(Int32.self, bytes, offset, big))
    case .int64: return Double(integer(Int64.self, bytes, offset, false))
    case .float16: return widenHalf(integer(UInt16.self, bytes, offset, false))
    case .bfloat16: return Double(Float(bitPattern: UInt32(integer(UInt16.self, bytes, offset, false)) << 16))
    case .float32(let big): return Double(Float(bitPattern: integer(UInt32.self, bytes, offset, big)))
    case .float64(let big): return Double(bitPattern: integer(UInt64.self, bytes, offset, big))
    }
  }

  private func integer<I: FixedWidthInteger>(
    _ type: I.Type, _ bytes: UnsafeRawBufferPointer, _ offset: Int, _ bigEndian: Bool
  ) -> I {
    let value = bytes.loadUnaligned(fromByteOffset: offset, as: type)
    return bigEndian ? I(bigEndian: value) : I(littleEndian: value)
  }

  /// IEEE 754 binary16, by hand: Swift's Float16 is missing on some Linux targets.
  private func widenHalf(_ bits: UInt16) -> Double {
    let sign = bits >> 15 == 0 ? 1.0 : -1.0
    let exponent = Int(bits >> 10 & 31)
    let fraction = Double(bits & 1023)
    switch exponent {
    case 0: return sign * fraction * 0x1p-24
    case 31: return fraction == 0 ? sign * .infinity : .nan
    default: return sign * Double(sign: .plus, exponent: exponent - 15, significand: 1 + fraction / 1024)
    }
  }
}

/// Turns the bytes of one sample [C, H, W] or [F] into normalised float32.
struct SampleDecoder: Sendable {
  let kind: ElementKind
  /// C for pictures, F for tables.
  private let channels: Int
  /// H * W for pictures, 1 for tables.
  private let plane: Int
  private let normalization: Normalization
  /// For bytes and few channels: the 256 values of each channel.
  private let table: [Float]
  /// A kibibyte each: a row of sixteen million bytes must not cost sixteen gibibytes.
  private static let channelsInTable = 4096

  var elements: Int { channels * plane }

  init(kind: ElementKind, shape: [Int], normalization: Normalization) throws(DatasetError) {
    self.kind = kind
    channels = shape.first ?? 1
    plane = shape.dropFirst().reduce(1, *)
    try normalization.check(channels: channels, called: shape.count == 1 ? "features" : "channels")
    self.normalization = normalization
    guard kind == .byte, channels <= Self.channelsInTable else {
      table = []
      return
    }
    table = (0..<channels).flatMap { channel in
      let pair = normalization.channel(channel)
      return (0..<256).map { Self.scaled(UInt8($0), pair) }
    }
  }

  private static func scaled(_ byte: UInt8, _ channel: (mean: Double, deviation: Double)) -> Float {
    (Float(byte) / 255 - Float(channel.mean)) / Float(channel.deviation)
  }

  /// - Returns: false where a number is not finite.
  func decode(_ bytes: UnsafeRawBufferPointer, into sample: UnsafeMutableBufferPointer<Float>) -> Bool {
    if kind == .byte {
      decodeBytes(bytes, into: sample)
      return true
    }
    var isFinite = true
    for channel in 0..<channels {
      let (mean, deviation) = normalization.channel(channel)
      for index in channel * plane..<(channel + 1) * plane {
        let value = Float((kind.number(bytes, index * kind.bytes) - mean) / deviation)
        isFinite = isFinite && value.isFinite
        sample[index] = value
      }
    }
    return isFinite
  }

  private func decodeBytes(_ bytes: UnsafeRawBufferPointer, into sample: UnsafeMutableBufferPointer<Float>) {
    for channel in 0..<channels {
      let part = channel * plane..<(channel + 1) * plane
      if table.isEmpty {
        let pair = normalization.channel(channel)
        for index in part { sample[index] = Self.scaled(bytes[index], pair) }
      } else {
        for index in part { sample[index] = table[channel << 8 | Int(bytes[index])] }
      }
    }
  }
}
