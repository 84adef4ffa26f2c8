// Forgotten rows that are gone from the data, looked for without them.
extension Event {
  /// What a look said of one earlier batch, in log-odds.
  package struct Return: Sendable, Equatable {
    package let batch: Int
    package let rise: Double
    package let error: Double
    package let taken: Double
    package let isNew: Bool

    package init(batch: Int, rise: Double, error: Double, taken: Double, isNew: Bool) {
      self.batch = batch
      self.rise = rise
      self.error = error
      self.taken = taken
      self.isNew = isNew
    }
  }

  /// What became of the version.
  package enum Shown: Sendable {
    case published, held, imported, refused

    fileprivate var sentence: String {
      switch self {
      case .published: "it is published, as policy.on_return says"
      case .held: "it is not published, and its requests are held"
      case .imported: "it is imported, as policy.on_return says"
      case .refused: "it is not imported, as policy.on_return says"
      }
    }
  }

  package static func rowsReturned(_ model: String, version: Int, _ found: Return, _ shown: Shown) -> Event {
    let figure = { (value: Double) in NumberText.figure(value, digits: 3) }
    return Event(
      .rowsReturned,
      "Sign of return in version \(version) of \(model): the model is surer again of rows of batch \(found.batch), which"
        + " are gone from the data, by an estimated \(figure(found.rise)) in log-odds (standard error"
        + " \(figure(found.error))) of the \(figure(found.taken)) that forgetting them took"
        + (found.isNew ? "" : ", as in the version before") + "; \(shown.sentence)",
      .of(model: model) {
        $0.add(.batch, found.batch)
        $0.add(.version, version)
        $0.add(.returnRise, found.rise)
        $0.add(.returnError, found.error)
        $0.add(.returnTaken, found.taken)
      })
  }

  /// - Parameter distance: the largest, relative to the weights; nil where not even that is known.
  package static func returnNotJudged(_ model: String, version: Int, batches: [Int], distance: Double?) -> Event {
    let why =
      distance.map {
        "its weights have moved by \(NumberText.figure($0, digits: 2)) of their length since then, too far for what was kept"
      } ?? "what was kept is of another kind of model, or cannot be read"
    return Event(
      .returnNotJudged,
      "Version \(version) of \(model) cannot be judged without the rows of \(batches.count == 1 ? "batch" : "batches")"
        + " \(batches.map(String.init).joined(separator: ", ")), which were forgotten and are gone from the data: \(why)",
      .of(model: model) { $0.add(.version, version) })
  }
}
