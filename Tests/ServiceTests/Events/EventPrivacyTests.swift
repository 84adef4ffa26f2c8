import Platform
import Requests
import Service
import Testing

@Suite struct EventPrivacyTests {
  @Test func entries_neverRepeatWhatStoodInAManifest() {
    for event in EventSamples.all {
      for (name, value) in event.entry.allFields {
        #expect(!value.contains("alice"), "\(event.kind): \(name)")
      }
    }
  }

  @Test func refusal_tellsPlaceKindAndMendOnly() {
    let event = Event.requestRefused(EventSamples.digest, EventSamples.refusal)
    let digits = EventSamples.digest.hex.prefix(12)
    #expect(
      event.entry.message
        == "Manifest \(digits) refused (invalid): 3:5: the key … is not known; write samples instead of …")
  }

  @Test func detail_withADroppedFilesPath_losesTheName() {
    let error = PlatformError(
      operation: "read", path: "/var/spool/hamud/incoming/alice smith: erase me.yaml", code: .accessDenied)
    let event = Event.trouble("\(error)")
    #expect(!event.entry.message.contains("alice"))
    #expect(!event.entry.message.contains("erase me"))
    #expect(event.entry.message.hasPrefix("cannot read /var/spool/hamud/incoming/…: "))
    #expect(event.entry.message.hasSuffix("will be tried again at the next look"))
  }

  @Test func detail_withARejectedFilesPathAtItsEnd_losesTheName() {
    let event = Event.ledgerTrouble("two paths, /x/spool/hamud/rejected/alice.yaml and /x/spool/hamud/incoming/bob")
    #expect(event.entry.message == "Ledger: two paths, /x/spool/hamud/rejected/…")
  }

  @Test func detail_withAnotherPath_keepsIt() {
    let event = Event.modelUnusable("cifar10", "cannot open /srv/data/train.bin: no such file")
    #expect(event.entry.message.contains("/srv/data/train.bin: no such file"))
  }
}
