/// The fields of an entry, in the order in which they were added. What is absent is left out.
struct EventFields: Sendable {
  /// Every field of hamud's own (beside MESSAGE, MESSAGE_ID, PRIORITY). Scripts and alarms read them: never rename one.
  enum Name: String, CaseIterable {
    case model = "HAMUD_MODEL"
    /// Once for each request that the entry speaks of.
    case request = "HAMUD_REQUEST_ID"
    case state = "HAMUD_STATE"
    case reason = "HAMUD_REASON"
    case batch = "HAMUD_BATCH"
    case version = "HAMUD_VERSION"
    case step = "HAMUD_STEP"
    case forgetLoss = "HAMUD_FORGET_LOSS"
    case retainLoss = "HAMUD_RETAIN_LOSS"
    case kappa = "HAMUD_KAPPA"
    case kappa1 = "HAMUD_KAPPA1"
    case kappa2 = "HAMUD_KAPPA2"
    case quota = "HAMUD_QUOTA"
    case leastCost = "HAMUD_LEAST_COST"
    case retainCost = "HAMUD_RETAIN_COST"
    case freeImprovement = "HAMUD_FREE_IMPROVEMENT"
    case retainSpent = "HAMUD_RETAIN_SPENT"
    case digest = "HAMUD_DIGEST"
    /// Of a look without the rows, in log-odds: the estimated return, its standard error, what forgetting took.
    case returnRise = "HAMUD_RETURN_RISE"
    case returnError = "HAMUD_RETURN_ERROR"
    case returnTaken = "HAMUD_RETURN_TAKEN"
  }

  private(set) var pairs: [JournalEntry.Field] = []

  mutating func add(_ name: Name, _ value: String?) {
    if let value { pairs.append(JournalEntry.Field(name: name.rawValue, value: value)) }
  }

  mutating func add(_ name: Name, _ value: Int?) { add(name, value.map { String($0) }) }

  /// Six significant digits: more than any figure here is good for.
  mutating func add(_ name: Name, _ value: Double?) { add(name, value.map { NumberText.figure($0, digits: 6) }) }

  mutating func add(requests: [String]) { requests.forEach { add(.request, $0) } }

  static func of(model: String, _ more: (inout EventFields) -> Void = { _ in }) -> EventFields {
    var fields = EventFields()
    fields.add(.model, model)
    more(&fields)
    return fields
  }
}
