package import Platform

extension VersionRecord {
  private static let format = 1

  /// The bytes of hamud.json.
  package func render() -> [UInt8] {
    let covered = covered
    return covered + Self.tail(of: covered)
  }

  /// The bytes of hamud.json with a line that signs all bytes before it.
  package func render(signedBy key: SigningKey) throws(CheckpointError) -> [UInt8] {
    let covered = covered
    let signature = try system { () throws(PlatformError) in try key.sign(covered) }
    let checked = covered + Self.signatureLine(signature)
    return checked + Self.tail(of: checked)
  }

  private var covered: [UInt8] {
    var text = document.render()
    text.removeLast("\n}".count)
    return Array((text + ",\n").utf8)
  }

  /// Reads hamud.json. Unknown keys are ignored, a damaged text is refused.
  ///
  /// - Throws: `.json`, or `.model` with a sentence, without the file's name.
  package static func parse(_ bytes: [UInt8]) throws(CheckpointError) -> VersionRecord {
    let length = tail(of: []).count
    let checked = Array(bytes.dropLast(length))
    guard bytes.count > length, Array(bytes.suffix(length)) == tail(of: checked) else {
      throw .model("its last line does not hold the sha256 of what stands before")
    }
    let document = try RecordValue.parse(bytes)
    let fields = RecordFields(document)
    guard try fields.integer("hamud") == format else {
      throw .model("its format is not \(format); a newer hamud has written it")
    }
    var record = try VersionRecord(fields)
    if let text = document[signatureKey]?.text {
      guard let signature = Signature(text), checked.ends(with: signatureLine(signature)) else {
        throw .model("its signature is none, or does not stand before its last line")
      }
      record.signature = signature
    } else if document[signatureKey] != nil {
      throw .model("its signature is no text")
    }
    return record
  }

  /// What the signature of a parsed record covers: the bytes before its line.
  package static func covered(by signature: Signature, in bytes: [UInt8]) -> [UInt8] {
    Array(bytes.dropLast(tail(of: []).count + signatureLine(signature).count))
  }

  private static let signatureKey = "signature"

  private static func signatureLine(_ signature: Signature) -> [UInt8] {
    Array("  \"\(signatureKey)\": \"\(signature)\",\n".utf8)
  }

  /// The line with the digest of everything before it, and the end of the object: of a fixed length.
  private static func tail(of checked: [UInt8]) -> [UInt8] {
    Array("  \"check\": \"\(SHA256Digest.of(checked))\"\n}\n".utf8)
  }

  private var document: RecordValue {
    .object([
      ("hamud", .integer(Self.format)),
      ("model", .text(model)),
      ("version", .integer(version)),
      ("created", .text(created)),
      ("parent", parent.map(RecordValue.integer)),
      ("parent_record", parentRecord.map(RecordValue.text)),
      ("batch", batch.map(RecordValue.integer)),
      ("requests", .list(requests.map { .object([("id", .text($0.id)), ("digest", .text($0.digest))]) })),
      ("settings", settings),
      ("seed", seed.map(RecordValue.integer)),
      ("hardness", hardness),
      ("run", run),
      ("before", before),
      ("after", after),
      ("retain_rows", .list(retainRows.map { .list([.integer($0.lowerBound), .integer($0.upperBound)]) })),
      ("blas", blas?.document),
      ("files", .list(files.map(\.document))),
    ])
  }

  private init(_ fields: RecordFields) throws(CheckpointError) {
    self.init(
      model: try fields.text("model"), version: try fields.integer("version"), created: try fields.text("created"))
    parent = try fields.has("parent") ? fields.integer("parent") : nil
    parentRecord = try fields.has("parent_record") ? fields.text("parent_record") : nil
    batch = try fields.has("batch") ? fields.integer("batch") : nil
    for request in try fields.list("requests") {
      let inner = RecordFields(request)
      requests.append(Request(id: try inner.text("id"), digest: try inner.text("digest")))
    }
    settings = fields.value("settings")
    seed = try fields.has("seed") ? fields.integer("seed") : nil
    hardness = fields.value("hardness")
    run = fields.value("run")
    before = fields.value("before")
    after = fields.value("after")
    for pair in try fields.list("retain_rows") {
      guard let ends = pair.list, ends.count == 2, let first = ends[0].integer, let last = ends[1].integer,
        first <= last
      else { throw .model("retain_rows must be a list of pairs of row numbers") }
      retainRows.append(first...last)
    }
    blas = try fields.value("blas").map { (value) throws(CheckpointError) in try BLAS(RecordFields(value)) }
    for file in try fields.list("files") { files.append(try File(RecordFields(file))) }
  }
}

extension VersionRecord.BLAS {
  fileprivate var document: RecordValue {
    .object([("library", .text(library)), ("core_type", .text(coreType)), ("threads", .integer(threads))])
  }

  fileprivate init(_ fields: RecordFields) throws(CheckpointError) {
    self.init(
      library: try fields.text("library"), coreType: try fields.text("core_type"),
      threads: try fields.integer("threads"))
  }
}

extension VersionRecord.File {
  fileprivate var document: RecordValue {
    .object([("name", .text(name)), ("size", .integer(size)), ("digest", .text(digest))])
  }

  fileprivate init(_ fields: RecordFields) throws(CheckpointError) {
    self.init(
      name: try fields.text("name"), size: try fields.integer("size"), digest: try fields.text("digest"))
  }
}

extension [UInt8] {
  fileprivate func ends(with other: [UInt8]) -> Bool { suffix(other.count).elementsEqual(other) }
}

/// The keys of a record by type.
private struct RecordFields {
  private let document: RecordValue

  init(_ document: RecordValue) { self.document = document }

  func value(_ key: String) -> RecordValue? { document[key] }
  func has(_ key: String) -> Bool { document[key] != nil }

  func text(_ key: String) throws(CheckpointError) -> String {
    guard let text = document[key]?.text else { throw .model("\(key) is missing or no text") }
    return text
  }

  func integer(_ key: String) throws(CheckpointError) -> Int {
    guard let integer = document[key]?.integer else { throw .model("\(key) is missing or no whole number") }
    return integer
  }

  func list(_ key: String) throws(CheckpointError) -> [RecordValue] {
    guard let list = document[key]?.list else { throw .model("\(key) is missing or no list") }
    return list
  }
}
