import FoundationEssentials

/// Float32 tensors of a safetensors file that the tests themselves own or that was checked elsewhere: no strictness.
struct TensorFile {
  private struct Entry: Decodable {
    let dtype: String
    let shape: [Int]
    let data_offsets: [Int]
  }

  private let entries: [String: Entry]
  private let bytes: Data
  private let start: Int

  init(_ path: String) throws {
    bytes = try Data(contentsOf: URL(filePath: path))
    let length = bytes.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
    start = 8 + length
    let header = try JSONDecoder().decode([String: Header].self, from: bytes[8..<start])
    entries = header.compactMapValues { if case .tensor(let entry) = $0 { entry } else { nil } }
  }

  private enum Header: Decodable {
    case tensor(Entry)
    case metadata

    init(from decoder: any Decoder) throws {
      if let entry = try? Entry(from: decoder) { self = .tensor(entry) } else { self = .metadata }
    }
  }

  var names: [String] { entries.keys.sorted() }

  func shape(_ name: String) -> [Int]? { entries[name]?.shape }

  func floats(_ name: String) -> [Float]? {
    guard let entry = entries[name], entry.dtype == "F32" else { return nil }
    let slice = bytes[(start + entry.data_offsets[0])..<(start + entry.data_offsets[1])]
    return slice.withUnsafeBytes { raw in
      (0..<raw.count / 4).map { raw.loadUnaligned(fromByteOffset: 4 * $0, as: Float.self) }
    }
  }

  func integers(_ name: String) -> [Int32]? {
    guard let entry = entries[name], entry.dtype == "I32" else { return nil }
    let slice = bytes[(start + entry.data_offsets[0])..<(start + entry.data_offsets[1])]
    return slice.withUnsafeBytes { raw in
      (0..<raw.count / 4).map { raw.loadUnaligned(fromByteOffset: 4 * $0, as: Int32.self) }
    }
  }

  /// Float32 tensors in the order given, for a comparison with other tools by hand.
  static func write(_ tensors: [(name: String, shape: [Int], values: [Float])], to path: String) throws {
    var offset = 0
    let fields = tensors.map { tensor in
      defer { offset += 4 * tensor.values.count }
      return "\"\(tensor.name)\":{\"dtype\":\"F32\",\"shape\":\(tensor.shape),"
        + "\"data_offsets\":[\(offset),\(offset + 4 * tensor.values.count)]}"
    }
    let header = Data("{\(fields.joined(separator: ","))}".utf8)
    var out = Data()
    withUnsafeBytes(of: UInt64(header.count).littleEndian) { out.append(contentsOf: $0) }
    out.append(header)
    for tensor in tensors { tensor.values.withUnsafeBytes { out.append(contentsOf: $0) } }
    try out.write(to: URL(filePath: path))
  }
}
