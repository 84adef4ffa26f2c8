import ArgumentParser
import Platform
import Requests
import Service

struct Backup: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Copy ledger, versions, keys, configuration, receipts and manifests, consistently, while hamud runs.",
    discussion: """
      The copy has the layout of the root: it is brought back with cp -a DIR/. / while hamud is stopped. A hamud that starts \
      from it says so and publishes nothing before hamuctl recover. The copy remembers what is forgotten after it was taken, \
      and holds the signing key and the names in manifests: keep it as safe, and no longer than you must.
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
