import Requests
import Unlearning

extension ReturnLook {
  /// What was looked for without the rows, and what the look said: of the many that see nothing nobody is told.
  var json: JSONValue {
    let word =
      switch verdict {
      case .nothingSeen: "nothing_seen"
      case .returned: "returned"
      case .notJudged: "not_judged"
      }
    return .present([
      "batch": JSONValue(batch), "verdict": .string(word), "rise": rise.map(JSONValue.number),
      "error": error.map(JSONValue.number), "taken": taken.map(JSONValue.number),
      "distance": distance.map(JSONValue.number),
    ])
  }
}
