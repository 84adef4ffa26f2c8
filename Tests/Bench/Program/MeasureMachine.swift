import ArgumentParser
import COpenBLAS
import Glibc
import Platform

struct MeasureMachine: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "machine", abstract: "What this machine is, and how fast its sgemm is.")

  @Option(help: "Times that each product is taken again after a first time.") var repeats = 10

  /// Square products large enough that OpenBLAS reaches its peak in them; the best counts.
  private static let sizes = [1024, 2048]

  func run() throws {
    let cores = AvailableCores.count()
    var best: [String: JSON] = [:]
    for threads in Set([1, cores]).sorted() {
      openblas_set_num_threads(Int32(threads))
      let rate = Self.sizes.map { gigaflops($0) }.max() ?? 0
      best[threads == 1 ? "sgemm_gflops_one_thread" : "sgemm_gflops"] = .number(rate)
      if cores == 1 { best["sgemm_gflops"] = .number(rate) }
    }
    var members = best
    members["cores"] = .number(Double(cores))
    members["processor"] = .string(Self.processor)
    members["instructions"] = .array(Self.instructions.map(JSON.string))
    members["openblas"] = .string(String(cString: openblas_get_config()).trimmed)
    members["openblas_core"] = .string(String(cString: openblas_get_corename()))
    members["glibc"] = .string(Self.libc)
    members["kernel"] = .string(Self.line(of: "/proc/sys/kernel/osrelease"))
    members["memory_mib"] = .number(Self.field("MemTotal", in: "/proc/meminfo").map { ($0 / 1024).rounded() } ?? 0)
    print(try JSON.object(members).text())
  }

  /// GFLOP/s of a product of two square matrices.
  private func gigaflops(_ size: Int) -> Double {
    let left: [Float] = Array(repeating: 0.5, count: size * size)
    let right = left
    var out = left
    let n = Int32(size)
    let timing = Timing.of(repeats: repeats) {
      cblas_sgemm(
        CblasRowMajor, CblasNoTrans, CblasNoTrans, n, n, n, 1, left, n, right, n, 0, &out, n)
    }
    return 2 * Double(size) * Double(size) * Double(size) / timing.least * 1e-9
  }

  private static var libc: String {
    var buffer = [UInt8](repeating: 0, count: 256)
    let length = buffer.withUnsafeMutableBytes {
      confstr(Int32(_CS_GNU_LIBC_VERSION), $0.baseAddress?.assumingMemoryBound(to: CChar.self), $0.count)
    }
    return String(decoding: buffer.prefix(max(0, min(length, buffer.count) - 1)), as: UTF8.self)
  }

  private static var cpuInformation: [Substring] {
    text(of: "/proc/cpuinfo").split(separator: "\n")
  }

  /// x86 has a name; Arm has numbers of its maker and part.
  private static var processor: String {
    let wanted = ["model name", "CPU implementer", "CPU part", "cpu family", "model\t", "stepping"]
    let found = wanted.compactMap { key in
      cpuInformation.first { $0.hasPrefix(key) }.map { line in
        line.split(separator: ":", maxSplits: 1).map { String($0).trimmed }.joined(separator: " ")
      }
    }
    return found.joined(separator: ", ").replacing("model name ", with: "")
  }

  private static var instructions: [String] {
    let known = ["avx2", "fma", "avx512f", "avx512_bf16", "avx512_vnni", "asimd", "sve", "sve2"]
    guard let line = cpuInformation.first(where: { $0.hasPrefix("flags") || $0.hasPrefix("Features") }) else {
      return []
    }
    let words = Set(line.split(separator: " ").map(String.init))
    return known.filter { words.contains($0) }
  }

  static func field(_ name: String, in path: String) -> Double? {
    let line = text(of: path).split(separator: "\n").first { $0.hasPrefix(name + ":") }
    return (line?.split(separator: " ").dropFirst().first).flatMap { Double($0) }
  }

  private static func line(of path: String) -> String { text(of: path).trimmed }

  private static func text(of path: String) -> String {
    (try? DataFile.read(path, limit: 1 << 22)).map { String(decoding: $0, as: UTF8.self) } ?? ""
  }
}

extension String {
  var trimmed: String {
    String(drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
  }
}
