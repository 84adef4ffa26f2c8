/// One micro-batch through the very code that engines run, without workers and in any precision: for checks against
/// central differences, which need float64 from the parameters to the loss.
package final class DirectPass<S: Scalar> {
  private let program: Program
  private let plan: BackwardPlan
  private let specs: [ParameterSpec]
  private let layout: FlatLayout
  private let pass: Pass<S>
  private let weights: FoldedWeights<S>

  package init(_ architecture: Architecture, images: Int) {
    BLASThreads.useOne()
    program = Program(architecture)
    plan = BackwardPlan(program)
    specs = architecture.parameters
    layout = FlatLayout(specs)
    pass = Pass(program, plan: plan, images: images)
    weights = FoldedWeights(program, plan: plan)
  }

  /// Logits [rows, classes] of rows [rows, channels, height, width]; `parameters` in the order of the specs.
  package func logits(parameters: [[S]], rows: [S]) -> [S] {
    let count = rows.count / program.input.count
    prepare(parameters)
    rows.withUnsafeBufferPointer { if let base = $0.baseAddress { pass.load(base, count: count) } }
    let logits = pass.forward(weights, count: count)
    return Array(UnsafeBufferPointer(start: logits, count: count * program.classes))
  }

  /// The gradient of each trainable tensor (empty for the others), in the order of the specs.
  package func gradients(parameters: [[S]], rows: [S], tasks: [RowTask]) -> [[S]] {
    let logits = logits(parameters: parameters, rows: rows)
    for (row, task) in tasks.enumerated() {
      logits.withUnsafeBufferPointer { logits in
        guard let base = logits.baseAddress else { return }
        _ = Classification.gradient(
          dlogits: pass.logitsGradient + row * program.classes, logits: base + row * program.classes,
          classes: program.classes, task: task)
      }
    }
    let raw = RawGradient(weights)
    pass.backward(weights, count: tasks.count, adding: raw)
    let unfolding = Unfolding(weights, layout: layout, specs: specs)
    defer { unfolding.release() }
    var flat: [S] = Array(repeating: 0, count: layout.count)
    flat.withUnsafeMutableBufferPointer { flat in
      guard let base = flat.baseAddress else { return }
      unfolding.unfold(raw, parameters: ArraySource(parameters), into: base)
    }
    var blocks = layout.blocks.makeIterator()
    return specs.map { $0.trains ? blocks.next().map { Array(flat[$0.range]) } ?? [] : [] }
  }

  private func prepare(_ parameters: [[S]]) {
    for unit in program.units.indices { weights.prepare(unit, from: ArraySource(parameters)) }
  }
}

/// Parameters in arrays, in the order of the specs.
package struct ArraySource<P: Sendable>: ParameterSource {
  private let parameters: [[P]]

  package init(_ parameters: [[P]]) { self.parameters = parameters }

  package func read(_ spec: Int, _ body: (UnsafePointer<P>) -> Void) {
    parameters[spec].withUnsafeBufferPointer { floats in
      if let base = floats.baseAddress { body(base) }
    }
  }
}
