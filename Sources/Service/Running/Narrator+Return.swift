import Ledger
import Unlearning

extension Narrator {
  /// One entry for each batch with a sign, one for all that cannot be judged, none for the others.
  func returns(_ looks: [ReturnLook], in model: String, version: Int, _ shown: Event.Shown) {
    for look in looks where look.verdict == .returned {
      let found = Event.Return(
        batch: look.batch, rise: look.rise ?? 0, error: look.error ?? 0, taken: look.taken ?? 0, isNew: look.isNew)
      post(.rowsReturned(model, version: version, found, shown))
    }
    let unjudged = looks.filter { $0.verdict == .notJudged }
    guard !unjudged.isEmpty else { return }
    let farthest = unjudged.compactMap(\.distance).max()
    post(.returnNotJudged(model, version: version, batches: unjudged.map(\.batch), distance: farthest))
  }
}

extension Imprinted {
  init(_ kept: KeptImprint) { self.init(batch: kept.batch, imprint: Imprint(bytes: kept.bytes)) }
}
