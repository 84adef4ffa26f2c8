import Platform
import Requests
import Service
import Testing

@Suite struct EventTests {
  private func field(_ name: String, of event: Event) -> [String] {
    event.entry.fields.filter { $0.name == name }.map(\.value)
  }

  @Test func samples_coverEveryKind() {
    #expect(Set(EventSamples.all.map(\.kind)) == Set(EventKind.allCases))
  }

  @Test func entry_ofEveryKind_isASentenceWithItsIdentifierAndPriority() {
    for event in EventSamples.all {
      #expect(event.entry.messageID == event.kind.messageID)
      #expect(event.entry.priority == event.kind.priority)
      #expect(!event.entry.message.isEmpty)
      #expect(!event.entry.message.contains("Optional("), "\(event.kind)")
      #expect(event.entry.allFields.map(\.0).starts(with: ["MESSAGE", "MESSAGE_ID", "PRIORITY", "SYSLOG_IDENTIFIER"]))
    }
  }

  @Test func fields_areOnlyThoseThatTheManualLists() {
    let listed: Set<String> = [
      "HAMUD_MODEL", "HAMUD_REQUEST_ID", "HAMUD_STATE", "HAMUD_REASON", "HAMUD_BATCH", "HAMUD_VERSION", "HAMUD_STEP",
      "HAMUD_FORGET_LOSS", "HAMUD_RETAIN_LOSS", "HAMUD_KAPPA", "HAMUD_KAPPA1", "HAMUD_KAPPA2", "HAMUD_QUOTA",
      "HAMUD_LEAST_COST", "HAMUD_RETAIN_COST", "HAMUD_FREE_IMPROVEMENT", "HAMUD_RETAIN_SPENT", "HAMUD_DIGEST",
      "HAMUD_RETURN_RISE", "HAMUD_RETURN_ERROR", "HAMUD_RETURN_TAKEN",
    ]
    #expect(Set(EventSamples.all.flatMap { $0.entry.fields.map(\.name) }) == listed)
  }

  @Test func run_namesEveryRequestInAFieldOfItsOwn() {
    for event in EventSamples.runs {
      let spokenOf = event.kind == .requestSetAside ? ["dsr-2"] : ["dsr-1", "dsr-2"]
      #expect(field("HAMUD_REQUEST_ID", of: event) == spokenOf, "\(event.kind)")
      #expect(field("HAMUD_BATCH", of: event) == ["17"], "\(event.kind)")
      #expect(field("HAMUD_MODEL", of: event) == ["cifar10"], "\(event.kind)")
    }
  }

  @Test func request_inEveryState_namesItselfItsModelAndItsState() {
    for event in EventSamples.requests where ![.requestRefused, .fileLeft, .fileDeferred].contains(event.kind) {
      #expect(field("HAMUD_REQUEST_ID", of: event) == ["dsr-1"], "\(event.kind)")
      #expect(field("HAMUD_MODEL", of: event) == ["cifar10"], "\(event.kind)")
      #expect(field("HAMUD_STATE", of: event).count == 1, "\(event.kind)")
    }
  }

  @Test func nearDuplicates_areAWarningWithTheFirstFive() throws {
    let event = try #require(Event.nearDuplicates(EventSamples.run, EventSamples.duplicates))
    #expect(event.entry.priority == .warning)
    #expect(
      event.entry.message == """
        Near-duplicates of 7 rows to forget stay (cifar10, batch 17): row 17 of request dsr-1 is nearly the same as row 5301, \
        row 18 of request dsr-1 is nearly the same as row 5302 in a mirror, row 19 of request dsr-1 is nearly the same as \
        row 5303, row 20 of request dsr-1 is nearly the same as row 5304, row 21 of request dsr-1 is nearly the same as row \
        5305, and 2 more; what the model knows of one it knows of the other: add the row that stays to the request if it is \
        the same person's; only the first 40 of 43 rows to forget were looked at
        """)
    let none = Event.nearDuplicates(EventSamples.run, Event.Duplicates(pairs: [], rows: 43, rowsSeen: 40))
    #expect(none?.entry.priority == .info)
    #expect(Event.nearDuplicates(EventSamples.run, Event.Duplicates(pairs: [], rows: 43, rowsSeen: 43)) == nil)
  }

  @Test func hardnessBegan_isAWarningWithEveryFigure() {
    let event = Event.hardnessBegan(
      EventSamples.run, step: 6, EventSamples.hardness, spent: (0.0021, 0.02), stops: true)
    #expect(event.entry.priority == .warning)
    #expect(
      event.entry.message == """
        Forgetting more must now cost what is kept (cifar10, batch 17, step 6): at a quota of 0.031 a step must cost the \
        retain loss 0.00123 (standard error 0.0003), and steps did cost 0.00081 (0.0002); 0.0102 a step would be free; \
        kappa 0.123, kappa1 -0.02, kappa2 0.098; retain loss spent so far 0.0021 of 0.02; \
        the run stops for the requests that are hard by themselves
        """)
    let fields = [
      "HAMUD_STEP": "6", "HAMUD_KAPPA": "0.123457", "HAMUD_KAPPA1": "-0.02", "HAMUD_KAPPA2": "0.098",
      "HAMUD_QUOTA": "0.031", "HAMUD_LEAST_COST": "0.00123", "HAMUD_RETAIN_COST": "0.00081",
      "HAMUD_FREE_IMPROVEMENT": "0.0102", "HAMUD_RETAIN_SPENT": "0.0021",
    ]
    for (name, value) in fields { #expect(field(name, of: event) == [value], "\(name)") }
  }

  @Test func forgotten_tellsBeforeAndAfterAndTheVersion() {
    let event = Event.requestForgotten(
      EventSamples.request, reason: .target, steps: 48, before: EventSamples.figures, after: EventSamples.figures)
    #expect(
      event.entry.message == """
        Request dsr-1 forgotten in version 3 of cifar10: 20 rows, 48 steps; \
        before: forget loss 1.5, membership AUC 0.5312, retain loss 0.0025, retain accuracy 0.9999; \
        after: forget loss 1.5, membership AUC 0.5312, retain loss 0.0025, retain accuracy 0.9999
        """)
    #expect(field("HAMUD_VERSION", of: event) == ["3"])
    #expect(field("HAMUD_FORGET_LOSS", of: event) == ["1.5"])
    #expect(field("HAMUD_REASON", of: event) == ["target"])
  }
}
