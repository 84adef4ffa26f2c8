/// The keys of config.json by type, each with the message that says how to mend it.
struct ConfigurationFields {
  /// No layer of a model that hamud can hold is wider; a width beyond it is a typing error, and sums of such widths
  /// stay far from overflow.
  static let largestSize = 1 << 24
  /// Entries of a list of sizes: the stages of a ResNet, the layers of an MLP.
  static let longestList = 1_024

  private let document: RecordValue

  init(_ document: RecordValue) { self.document = document }

  private func value(_ key: String) -> RecordValue? {
    let value = document[key]
    return value == .null ? nil : value
  }

  func text(_ key: String, default fallback: String?) throws(CheckpointError) -> String {
    guard let value = value(key) ?? fallback.map(RecordValue.text) else {
      throw .model("config.json has no \(key); add it")
    }
    guard let text = value.text else { throw .model("\(key) in config.json must be a word in quotes") }
    return text
  }

  func bool(_ key: String, default fallback: Bool) throws(CheckpointError) -> Bool {
    guard let value = value(key) else { return fallback }
    guard let bool = value.bool else { throw .model("\(key) in config.json must be true or false") }
    return bool
  }

  func size(_ key: String, default fallback: Int) throws(CheckpointError) -> Int {
    guard let value = value(key) else { return fallback }
    return try size(value, key)
  }

  func sizes(_ key: String, default fallback: [Int]?) throws(CheckpointError) -> [Int] {
    guard let value = value(key) else {
      guard let fallback else { throw .model("config.json has no \(key); add it") }
      return fallback
    }
    guard let list = value.list, !list.isEmpty, list.count <= Self.longestList else {
      throw .model("\(key) in config.json must be a list of 1 to \(Self.longestList) whole numbers")
    }
    var sizes: [Int] = []
    for element in list { sizes.append(try size(element, key)) }
    return sizes
  }

  private func size(_ value: RecordValue, _ key: String) throws(CheckpointError) -> Int {
    guard let size = value.integer, (1...Self.largestSize).contains(size) else {
      throw .model("\(key) in config.json must be made of whole numbers from 1 to \(Self.largestSize)")
    }
    return size
  }

  func requireReLU() throws(CheckpointError) {
    let name = try text("hidden_act", default: "relu")
    guard name == "relu" else {
      throw .model("hidden_act is \(CheckpointError.quoted(name)); hamud computes with relu alone")
    }
  }

  /// `id2label`, which must name every class from 0 to `count - 1` and no other; without it the numbers are the names.
  func labels(count: Int, of what: String) throws(CheckpointError) -> ClassLabels {
    guard count <= CheckpointLimits.classes else {
      throw .model("\(what) are \(count); hamud tells at most \(CheckpointLimits.classes) classes apart")
    }
    guard let value = value("id2label") else { return ClassLabels(count: count) }
    guard let members = value.members else {
      throw .model("id2label in config.json must be an object: class number to name")
    }
    guard members.count == count else {
      throw .model("id2label in config.json names \(members.count) classes where \(what) are \(count)")
    }
    var names = [String?](repeating: nil, count: count)
    for member in members {
      guard let number = Int(member.key), names.indices.contains(number), names[number] == nil,
        let name = member.value.text
      else {
        throw .model(
          "id2label in config.json must map each number from 0 to \(count - 1) to a name;"
            + " \(CheckpointError.quoted(member.key)) is wrong")
      }
      names[number] = name
    }
    return ClassLabels(names: names.compactMap { $0 })
  }
}
