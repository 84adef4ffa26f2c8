// Earlier erasures that hold, but only by what a look allows above their band, are brought into it: what each of many requests
// leaves there adds up. No batch is held for it.
extension Course {
  func wantsBand(_ look: ErasureLook) -> Bool {
    look.leavesBand && state.steering != nil && state.gaveUpBand != true && state.step < stepLimit
      && state.round < RunLimits.bandRounds
  }

  /// It is not reached in the steps it may take.
  var isBandTooFar: Bool {
    ready.map { state.step - $0.state.step >= RunLimits.bandSteps } ?? false
  }

  /// However that ends, everything held before it began.
  func settled(_ stop: Stop) -> Stop {
    guard let ready else { return stop }
    self.ready = nil
    guard case .ending = stop else { return stop }
    let decisions = state.steering?.decisions
    state = ready.state.returned(from: state)
    state.gaveUpBand = true
    if let decisions { state.steering?.decisions = decisions }
    point = MeasuredPoint(state: state, weights: ready.weights)
    bench.stepper.restore(ready.weights)
    schedule = Schedule(plan, bench.roster, state)
    return .ready
  }
}
