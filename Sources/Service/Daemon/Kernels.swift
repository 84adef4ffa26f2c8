import Networks
import Platform

/// The kernels that this program computes with.
package enum Kernels {
  /// For the beginning of a program, before anything else: the program may be started anew by it (`KernelChoice`), and knows
  /// that by its environment.
  package static func choose() {
    guard let changes = KernelChoice.next(ProcessControl.environment) else { return }
    ProcessControl.startAnew(changing: changes)
  }

  /// For the sentence that names them; empty where OpenBLAS or a person has chosen. The daemon does not choose by itself: to start
  /// anew takes as long as all of its start.
  static var advice: String {
    guard let better = KernelChoice.next(ProcessControl.environment)?[KernelChoice.variable] ?? nil else { return "" }
    return
      " (this OpenBLAS does not know the processor: with Environment=\(KernelChoice.variable)=\(better) in the unit,"
      + " systemctl edit hamud, it computes faster)"
  }
}
