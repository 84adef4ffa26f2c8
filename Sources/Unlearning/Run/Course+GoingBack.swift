// From what must not stand, back to the last measured point, with shorter steps.
extension Course {
  func goBackAfterOvershoot() -> Stop? {
    state.overshoots += 1
    let isLast = state.overshoots > RunLimits.overshootTries
    state.measuresEachStep = true
    if !isLast { state.radiusScale /= 2 }
    goBack()
    state.nextMeasurement = state.step + 1
    if isLast { return .ending(.overshot) }
    observer.note(.overshot(attempt: state.overshoots))
    return nil
  }

  func goBackAfterNotFinite() -> Stop? {
    state.notFinites += 1
    let isLast = state.notFinites > RunLimits.notFiniteTries
    if !isLast { state.radiusScale /= 2 }
    goBack()
    state.planMeasurement(plan.settings)
    if isLast { return .ending(.notFinite) }
    observer.note(.notFinite(attempt: state.notFinites))
    return nil
  }

  func goBack() {
    state = point.state.returned(from: state)
    bench.stepper.restore(point.weights)
    schedule = Schedule(plan, bench.roster, state)
  }
}
