import Platform
import Requests
import Service

/// A manifest as its submitter reads it: with their own rights, so that hamud needs none.
enum ManifestFile {
  /// `-` is standard input, which has no name: its manifest then names its own id.
  static func read(_ path: String) throws(ControlError) -> (name: String, text: String) {
    let bytes: [UInt8]
    do throws(PlatformError) {
      bytes =
        path == "-"
        ? try Console.readInput(limit: Limits.documentBytes) : try DataFile.read(path, limit: Limits.documentBytes)
    } catch {
      throw ControlError(error.code == .noSuchFile ? .unknownRequest : .inputOutput, "\(error)")
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw ControlError(.rejected, "the manifest is not UTF-8; save it as UTF-8 and hand it in again")
    }
    return (path == "-" ? "manifest" : Paths.lastComponent(of: path), text)
  }
}

/// The exit codes of hamud and hamuctl, told from the parser's type of the same name.
typealias ExitStatus = Requests.ExitCode
