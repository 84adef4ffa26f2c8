import Ledger
import Platform

extension Pipeline {
  /// What time it is, for what cannot be undone. What is written while the clock is doubted has its dates, which a restart must not take
  /// for the truth: the ledger is told what was believed.
  func believedTime() throws(LedgerError) -> Timestamp {
    let now = steadyClock.believed(clocks.wall(), at: clocks.monotonic())
    let isDoubted = steadyClock.isDoubted
    if isDoubted != isDoubtNoted {
      try ledger.noteBelieved(isDoubted ? now : nil)
      isDoubtNoted = isDoubted
    }
    return now
  }
}
