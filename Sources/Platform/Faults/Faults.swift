#if HAMUD_FAULTS
  import Glibc
  import Synchronization

  /// Counts the calls that change a disk, one at a time, and does to them what the plan says.
  ///
  /// Not counted: what lies below `run/hamud`, which does not outlive a power cut anyway (the progress file there is written
  /// by the clock, and would give every run other numbers), standard streams, and what is no file.
  final class Faults: Sendable {
    static let shared = Faults()
    /// How a process ends that was told to: no signal and no exit code of the daemon's own looks like it.
    static let deathCode: CInt = 86
    private static let misuseCode: CInt = 87

    /// Whether the environment has a plan. Who waits for minutes or an hour otherwise may do it in no time then: there are some
    /// hundred faults.
    static let arePlanned = ProcessControl.environment("HAMUD_FAULT") != nil

    private let state: Mutex<State>

    private init() {
      let text = ProcessControl.environment("HAMUD_FAULT") ?? ""
      guard let plan = FaultPlan(text) else { Self.end("HAMUD_FAULT is not understood: \(text)", Self.misuseCode) }
      var unsynced: Unsynced?
      if plan.loses {
        guard
          let made = Unsynced(
            stash: ProcessControl.environment("HAMUD_FAULT_STASH") ?? "", isLazy: plan.isLazy)
        else {
          Self.end("HAMUD_FAULT_STASH is no directory", Self.misuseCode)
        }
        unsynced = made
      }
      let log = plan.log.map { open($0, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644) }
      state = Mutex(State(plan: plan, log: log, unsynced: unsynced))
    }

    /// One call through the door.
    func around<Value: FixedWidthInteger & SignedInteger & Sendable>(
      _ act: DurableAct, _ call: () -> Value
    ) throws(Errno) -> Value {
      guard let point = FaultPoint(act) else { return try valueOrErrno(call) }
      let outcome: Result<Value, Errno> = state.withLock { state in
        while true {
          // An interrupted call is repeated, as `valueOrErrno` does it.
          if let code = state.strike(point) {
            if code == .interrupted { continue }
            return .failure(code)
          }
          state.unsynced?.before(act)
          let value = call()
          let code: Errno? = value == -1 ? .current : nil
          state.unsynced?.after(act, value: CInt(truncatingIfNeeded: value), succeeded: code == nil)
          guard let code else { return .success(value) }
          if code != .interrupted { return .failure(code) }
        }
      }
      return try outcome.get()
    }

    /// The same for a file of SQLite's.
    func around(_ act: DatabaseAct, _ path: String, _ call: () -> CInt) -> Result<CInt, Errno> {
      let point = FaultPoint(act, path)
      return state.withLock { state in
        // SQLite repeats interrupted calls below the level at which it is watched here.
        if let code = state.strike(point), code != .interrupted { return .failure(code) }
        state.unsynced?.before(act, path)
        return .success(call())
      }
    }

    static func end(_ sentence: String, _ code: CInt) -> Never {
      let line = Array("hamud faults: \(sentence)\n".utf8)
      _ = line.withUnsafeBytes { Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
      _exit(code)
    }

    private struct State {
      let plan: FaultPlan
      let log: CInt?
      var unsynced: Unsynced?
      var changes = 0
      var opens = 0

      /// Counts one call.
      /// - Returns: what it fails with; it is not made then. Does not return where the process is to end.
      mutating func strike(_ point: FaultPoint) -> Errno? {
        let number = count(point)
        note("\(point.word == FaultPoint.open ? "open" : "change") \(number) \(point.word) \(point.place)\n")
        if point.word == FaultPoint.open { return said(plan.openErrors[number], number, point) }
        var lost = ""
        switch plan.deaths[number] {
        case nil: return said(plan.errors[number], number, point)
        case .plain: break
        case .torn: point.half()
        case .losing(let loss): lost = unsynced?.lose(loss) ?? ""
        }
        end("dies at \(number): \(point.word) \(point.place)\(lost)", deathCode)
      }

      private mutating func count(_ point: FaultPoint) -> Int {
        if point.word == FaultPoint.open {
          opens += 1
          return opens
        }
        changes += 1
        return changes
      }

      private func said(_ code: Errno?, _ number: Int, _ point: FaultPoint) -> Errno? {
        guard let code else { return nil }
        let line = Array("hamud faults: \(code) at \(number): \(point.word) \(point.place)\n".utf8)
        _ = line.withUnsafeBytes { Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
        return code
      }

      private func note(_ line: String) {
        guard let log else { return }
        let bytes = Array(line.utf8)
        _ = bytes.withUnsafeBytes { Glibc.write(log, $0.baseAddress, $0.count) }
      }
    }
  }
#endif
