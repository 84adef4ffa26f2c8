import CSystemd
import Glibc

/// Threads outside Swift's cooperative pool: for work that takes minutes, and for calls that block.
package enum ComputeThread {
  /// A network's recursion and BLAS's buffers fit into the size that main threads have.
  package static let usualStackBytes = 8 << 20

  /// Runs `body` on a thread of its own and waits for its result without holding a thread of the pool. Cancelling the
  /// waiting task does not stop the thread: tell `body` by other means.
  /// - Parameter name: at most 15 bytes, as `ps -L` and `top -H` show it; longer ones are cut.
  /// - Throws: only when no thread can be started.
  package static func run<Result: Sendable>(
    name: String, stackBytes: Int = usualStackBytes, _ body: @escaping @Sendable () -> Result
  ) async throws(PlatformError) -> Result {
    let outcome: Swift.Result<Result, PlatformError> = await withCheckedContinuation { continuation in
      do throws(PlatformError) {
        try startThread(name: name, stackBytes: stackBytes) { continuation.resume(returning: .success(body())) }
      } catch {
        continuation.resume(returning: .failure(error))
      }
    }
    return try outcome.get()
  }
}

/// Starts a detached thread; it ends with `body`.
func startThread(
  name: String, stackBytes: Int, _ body: @escaping @Sendable () -> Void
) throws(PlatformError) {
  let start = Unmanaged.passRetained(ThreadStart(name: name, body: body))
  var attributes = pthread_attr_t()
  pthread_attr_init(&attributes)
  defer { pthread_attr_destroy(&attributes) }
  pthread_attr_setdetachstate(&attributes, CInt(PTHREAD_CREATE_DETACHED))
  // Refused below the system's minimum; the thread then has the usual stack, which is larger.
  pthread_attr_setstacksize(&attributes, stackBytes)
  var thread = pthread_t()
  let code = pthread_create(&thread, &attributes, runThread, start.toOpaque())
  if code != 0 {
    start.release()
    throw PlatformError(
      operation: "start the thread", path: name, code: Errno(rawValue: code),
      hint: "raise the limit of threads (TasksMax= in the unit)")
  }
}

private func runThread(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  guard let argument else { return nil }
  let start = Unmanaged<ThreadStart>.fromOpaque(argument).takeRetainedValue()
  pthread_setname_np(pthread_self(), String(decoding: start.name.utf8.prefix(15), as: UTF8.self))
  start.body()
  return nil
}

private final class ThreadStart: Sendable {
  let name: String
  let body: @Sendable () -> Void

  init(name: String, body: @escaping @Sendable () -> Void) {
    self.name = name
    self.body = body
  }
}
