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

  /// For the sentence that names them; empty where OpenBLAS or a person has chosen.
  static var reason: String {
    KernelChoice.isOurs(ProcessControl.environment)
      ? ", chosen by hamud, as this OpenBLAS does not know the processor" : ""
  }
}
