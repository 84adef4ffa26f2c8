import ArgumentParser
import Service

struct Recover: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "After a backup was brought back: accept again what it does not know.",
    discussion: """
      hamud publishes nothing when its ledger is older than what people were told. This finds the missing requests by the \
      receipts and manifests in the spool and accepts them again; no other version is served before they were served. What \
      cannot be found is named, and let go only with --sign-off, which is kept in the audit chain.
      """)

  @Flag(help: "Let go of requests that cannot be found again.") var signOff = false
  @OptionGroup var change: ChangeOptions
  @ParentCommand var parent: Hamuctl

  func run() async throws {
    try await change.ask(.recover(signsOff: signOff, dryRun: change.dryRun), by: self, parent)
  }
}
