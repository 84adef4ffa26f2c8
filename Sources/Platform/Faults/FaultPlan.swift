#if HAMUD_FAULTS
  import Glibc

  /// What is to happen at which counted call. It comes from the environment, so that the real daemon is what is tested:
  ///
  ///     HAMUD_FAULT=die:37              the process ends before the 37th call that changes a disk
  ///     HAMUD_FAULT=tear:37             the same, and a write is half done
  ///     HAMUD_FAULT=lose:37:all         the same, and what was not synced by then is not there: all, data or names
  ///     HAMUD_FAULT=enospc:12           the 12th such call fails, once: eio, enospc, edquot, eintr
  ///     HAMUD_FAULT=emfile:12           the 12th call that opens a file fails
  ///     HAMUD_FAULT=lazy:1,lose:37:all  as if nothing had ever been synced: whoever tests must notice
  ///     HAMUD_FAULT=count:/file         a line for each counted call
  ///     HAMUD_FAULT=                    nothing, in as little time as with a fault
  ///
  /// Without it the process does what a released one does. Several stand side by side with commas between them. `lose` needs HAMUD_FAULT_STASH, a directory on the same file
  /// system, to keep what an undo may need.
  struct FaultPlan {
    enum Loss: String { case all, data, names }
    enum Death: Equatable { case plain, torn, losing(Loss) }

    private(set) var deaths: [Int: Death] = [:]
    private(set) var errors: [Int: Errno] = [:]
    private(set) var openErrors: [Int: Errno] = [:]
    private(set) var log: String?
    /// Syncs keep nothing.
    private(set) var isLazy = false

    var loses: Bool { deaths.values.contains { if case .losing = $0 { true } else { false } } }

    /// - Returns: nil for what is no plan, which must not pass for a run without faults.
    init?(_ text: String) {
      for part in text.split(separator: ",") {
        let words = part.split(separator: ":", maxSplits: 2).map(String.init)
        guard words.count >= 2 else { return nil }
        if words[0] == "count" {
          log = words.dropFirst().joined(separator: ":")
        } else {
          guard let number = Int(words[1]), number > 0, add(words[0], number, words.count > 2 ? words[2] : nil) else {
            return nil
          }
        }
      }
    }

    private mutating func add(_ word: String, _ number: Int, _ detail: String?) -> Bool {
      switch word {
      case "lazy": isLazy = true
      case "die": deaths[number] = .plain
      case "tear": deaths[number] = .torn
      case "lose":
        guard let loss = Loss(rawValue: detail ?? "all") else { return false }
        deaths[number] = .losing(loss)
      case "emfile": openErrors[number] = .tooManyOpenFiles
      default:
        let codes: [String: Errno] = [
          "eio": .inputOutput, "enospc": .noSpace, "edquot": .quotaExceeded, "eintr": .interrupted,
        ]
        guard let code = codes[word] else { return false }
        errors[number] = code
      }
      return true
    }
  }
#endif
