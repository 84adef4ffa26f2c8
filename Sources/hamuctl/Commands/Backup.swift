import ArgumentParser
import Platform
import Requests
import Service

struct Backup: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Copy ledger, versions, keys, configuration, receipts and manifests, consistently, while hamud runs.",
    discussion: """
      The copy has the layout of the root. To bring it back, stop hamud, move /var/lib/hamud away, leave /var/spool/hamud, and:

        cp -a DIR/var/lib/hamud /var/lib/
        chown -R hamud:hamud /var/lib/hamud

      On a new machine, where hamud was installed and never started (not cp -a, which changes directories that are there):

        tar -C DIR -c etc var | tar -C / -x -p --no-same-owner --no-overwrite-dir
        cp -a OLD/var/spool/hamud/{accepted,receipts,rejected} /var/spool/hamud/
        chown -R hamud:hamud /var/lib/hamud /var/spool/hamud
        cp -a OLD/var/spool/hamud/incoming /var/spool/hamud/
        systemd-tmpfiles --create

      (OLD: where the old machine's disk can still be read. What was asked after the backup stands only there.)

      A hamud that starts from it says so and publishes nothing before hamuctl recover. The copy remembers what is forgotten \
      after it was taken, and holds the signing key and the names in manifests: keep it as safe, and no longer than you must.
      """)

  @Argument(help: "A new or empty directory.", completion: .directory) var directory: String
  @Flag(help: "Print JSON.") var json = false
  @OptionGroup var place: PlaceOptions
  @ParentCommand var parent: Hamuctl

  func run() async throws {
    try await run {
      let places = Session(place, parent: parent.place).places
      do {
        let answer = try Service.Backup(of: places, to: directory).take(at: WallClock.now)
        json ? Output.json(answer) : Output.say(Figures.text(answer["message"]))
      } catch let error as ControlError {
        throw Failure(error)
      } catch {
        throw Failure(ControlError(.inputOutput, "\(error)"))
      }
    }
  }
}
