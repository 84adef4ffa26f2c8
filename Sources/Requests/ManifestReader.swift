extension Manifest {
  /// Reads a manifest, YAML or JSON.
  ///
  /// - Parameter fileStem: the file's name without its ending: the id when the manifest names none.
  /// - Throws: a refusal with everything that is wrong in the manifest itself (`invalid`, `too_large`).
  package static func parse(_ bytes: [UInt8], fileStem: String) throws(Refusal) -> Manifest {
    let document = try DocumentReader(bytes)
    guard let reader = document.mapping() else {
      try document.finish()
      throw Refusal(.invalid, [Diagnostic(at: .start, "this is no mapping", mend: "write KEY: VALUE")])
    }
    _ = reader.required("hamud", .format)
    let id = id(reader, fileStem: fileStem)
    let model = reader.required("model", .modelName)
    let selection = SelectionReader.read(reader)
    let reason = reader.optional("reason", .reason)
    let deadline = reader.optional("deadline", .deadline)
    let priority = reader.value("priority", .word(Priority.self), default: .normal)
    let onHardness = reader.optional("on_hardness", .word(OnHardness.self))
    reader.finish()
    try document.finish()
    guard let id, let model, let selection else {
      throw Refusal(.invalid, [Diagnostic(at: .start, "this is no manifest", mend: "write id, model and forget")])
    }
    return Manifest(
      id: id.value, at: id.position, model: model, selection: selection, reason: reason?.value,
      deadline: deadline?.value, priority: priority, onHardness: onHardness?.value)
  }

  private static func id(
    _ reader: MappingReader, fileStem: String
  ) -> (value: RequestID, position: SourcePosition?)? {
    if reader.has("id") { return reader.optional("id", .requestID).map { ($0.value, $0.position) } }
    _ = reader.node("id")
    guard let id = RequestID(fileStem) else {
      reader.report(
        at: reader.position, "there is no id, and the file's name \(theirs: fileStem) is none",
        mend: "add id: NAME (\(ours: RequestID.shape))")
      return nil
    }
    return (id, nil)
  }
}

extension ScalarForm where Value == RequestID {
  package static var requestID: Self {
    Self(shape: "an id: " + RequestID.shape, example: "dsr-2026-000123") { scalar in
      if let id = RequestID(scalar.text) { return .value(id) }
      let count = scalar.text.utf8.count
      guard count > Limits.requestIDBytes else { return .unfit }
      return .wrong(
        "an id of \(ours: count) bytes, at most \(ours: Limits.requestIDBytes) are taken", mend: "shorten it")
    }
  }
}

extension ScalarForm where Value == Int {
  /// The format's number. A file of a later format may say things this release would misunderstand.
  package static var format: Self {
    Self(shape: "1, the format that this release reads", example: "1", text: { $0 == "1" ? 1 : nil })
  }
}

extension ScalarForm where Value == String {
  /// Any word: which models there are is not known here.
  fileprivate static var modelName: Self {
    Self(shape: "the name of a configured model", example: "cifar10", text: { $0.isEmpty ? nil : $0 })
  }

  package static var reason: Self {
    Self(shape: "a text", example: "GDPR Art. 17") { scalar in
      let count = scalar.text.unicodeScalars.count
      guard count > Limits.reasonCharacters else { return .value(scalar.text) }
      return .wrong(
        "\(ours: count) characters, at most \(ours: Limits.reasonCharacters) are taken", mend: "shorten it")
    }
  }
}
