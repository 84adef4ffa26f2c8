import Requests

extension UnlearningSettings {
  static func read(_ reader: MappingReader) -> UnlearningSettings {
    var settings = UnlearningSettings()
    settings.method = reader.value("method", .word(Method.self), default: settings.method)
    settings.learningRate = reader.optional("learning_rate", .positive.example("0.01"))?.value
    settings.objective = reader.optional("objective", .word(Objective.self))?.value
    settings.controller = reader.value("controller", .boolean, default: settings.controller)
    settings.radius =
      radius(reader) ?? .relative(settings.controller ? Self.steeredRadius : Self.fixedRadius)
    settings.constraint = constraint(reader) ?? settings.constraint
    settings.allocation = reader.value("allocation", .word(Allocation.self), default: settings.allocation)
    settings.batchSize = reader.value(
      "batch_size", .integer(in: 1...100_000, example: 128), default: settings.batchSize)
    settings.maxSteps = reader.value("max_steps", .integer(in: 1...1_000_000, example: 200), default: settings.maxSteps)
    settings.maxGradNorm = reader.value("max_grad_norm", .positive.example("1.0"), default: settings.maxGradNorm)
    settings.evaluateEvery = reader.value(
      "evaluate_every", .integer(in: 1...1_000_000, example: 10), default: settings.evaluateEvery)
    if let guards = reader.mapping("guards", example: "{rows: 32, weight: 0.3}") { settings.guards = .read(guards) }
    settings.seed = reader.value("seed", .integer(in: 0...Int.max, example: 42), default: settings.seed)
    settings.method.check(reader)
    reader.finish()
    return settings
  }

  private static func radius(_ unlearning: MappingReader) -> Radius? {
    let example = "{relative: 2e-4}"
    guard let reader = unlearning.mapping("radius", example: example) else { return nil }
    return choice(
      reader, example,
      [
        reader.optional("relative", .positive.example("2e-4")).map { .relative($0.value) },
        reader.optional("learning_rate", .positive.example("1e-4")).map { .learningRate($0.value) },
        reader.optional("absolute", .positive.example("0.01")).map { .absolute($0.value) },
      ])
  }

  private static func constraint(_ unlearning: MappingReader) -> Constraint? {
    let example = "{ratio: 0.3}"
    guard let reader = unlearning.mapping("constraint", example: example) else { return nil }
    let share = ScalarForm<Double>.real("a number from 0 to below 1", example: "0.3") { 0 <= $0 && $0 < 1 }
    return choice(
      reader, example,
      [
        reader.optional("ratio", share).map { .ratio($0.value) },
        reader.optional("absolute", .notNegative.example("5e-5")).map { .absolute($0.value) },
      ])
  }

  /// The one of several ways that was chosen.
  private static func choice<Way>(_ reader: MappingReader, _ example: String, _ ways: [Way?]) -> Way? {
    let written = reader.writtenCount
    reader.finish()
    guard written == 1 else {
      reader.report(
        at: reader.position, "\(ours: reader.title) says \(ours: written) things",
        mend: "write exactly one, such as \(ours: example)")
      return nil
    }
    return ways.compactMap { $0 }.first
  }
}

extension UnlearningSettings.Method {
  /// What the method does not look at is refused: a key that changes nothing would look like one that does.
  fileprivate func check(_ reader: MappingReader) {
    if isHAMU {
      guard let place = reader.keyPosition("learning_rate") else { return }
      return reader.report(
        at: place, "\(ours: reader.name("learning_rate")) is of the other methods",
        mend: "\(ours: rawValue) has radius: {learning_rate: 1e-4}")
    }
    if !reader.has("learning_rate") { reader.missing("learning_rate", mend: "add learning_rate: 0.01") }
    for key in ["radius", "constraint", "allocation", "max_grad_norm"] {
      guard let place = reader.keyPosition(key) else { continue }
      reader.report(
        at: place, "\(ours: reader.name(key)) means nothing to \(ours: rawValue), which moves by learning_rate alone",
        mend: "remove it")
    }
    if !takesObjective, let place = reader.keyPosition("objective") {
      reader.report(at: place, "\(ours: rawValue) has an objective of its own", mend: "remove it")
    }
  }
}

extension UnlearningSettings.Guards {
  fileprivate static func read(_ reader: MappingReader) -> Self {
    var guards = Self()
    guards.rows = reader.value("rows", .integer(in: 0...100_000, example: 32), default: guards.rows)
    guards.weight = reader.value("weight", .notNegative.example("0.3"), default: guards.weight)
    reader.finish()
    return guards
  }
}
