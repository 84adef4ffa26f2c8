import Foundation
import HAMU
import Unlearning

/// Why the study cannot be made: one sentence.
struct StudyError: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}

/// What a request of the study asks for.
enum StudyKind: String, CaseIterable {
  case oneSubject = "one-subject"
  case rows200 = "200-rows"
  case class0 = "class-0"
  case rows1000 = "1000-rows"
  case sequence
  /// Beside the five that are asked for: very small requests.
  case oneRow = "1-row"
  case fiveRows = "5-rows"
  /// No row of the table: what a look without the rows tells of rows that came back.
  case comingBack = "return"

  /// What `make study` runs.
  static let usual: [StudyKind] = [.oneSubject, .rows200, .class0, .rows1000, .sequence]
}

struct StudyOptions {
  static let usage = """
    usage: study [--request NAME[,NAME]] [--seed N[,N]] [--json FILE] [--continue] [--steps] [--workers N]
                 [--model FILE] [--method NAME[,NAME]] [--rate X[,X]] [--set NAME=VALUE[,NAME=VALUE]]

      --request   one-subject, 200-rows, class-0, 1000-rows, sequence (the default: all of these), 1-row, 5-rows, return
      --seed      1 to 5 by default; a seed picks the rows and is the run's own
      --json      where the rows of the table go (.build/study.json)
      --continue  rows that the file already has are not run again
      --steps     print each run's record, step by step
      --model     a model's configuration as in models.d/; by default the shared ResNet-20 with the daemon's defaults
      --method    ft, ga, gdiff, kl, scrub, gru, pcgrad, npo in HAMU's place, at each learning rate of --rate (five by default)
      --set       a constant that differs from the daemon's, for experiments: radius, ratio, rows, every, steps, guards,
                  weight, stop, budget, and of the controller: off, batch, forget, hard, hard-rows, screen, free, spent, repair, missed,
                  repair-quota, noise, growth, limit, pace, class-guards, row-guards, guard-gap, guard-slope, guard-least,
                  guard-most
    """

  var kinds = StudyKind.usual
  var seeds = [1, 2, 3, 4, 5]
  var json = ".build/study.json"
  var goesOn = false
  var printsSteps = false
  var workers = ProcessInfo.processInfo.activeProcessorCount
  var modelFile: String?
  /// Other methods than HAMU, each at each learning rate; empty: HAMU.
  var methods: [Baseline] = []
  var rates = [0.001, 0.003, 0.01, 0.03, 0.1]
  /// Settings that differ from the daemon's.
  var changes: [(name: String, value: Double)] = []

  init(_ arguments: [String]) throws {
    var rest = arguments[...]
    while let name = rest.popFirst() {
      switch name {
      case "--continue": goesOn = true
      case "--steps": printsSteps = true
      default:
        guard let value = rest.popFirst() else { throw StudyError("\(name) what?\n" + Self.usage) }
        try set(name, value)
      }
    }
  }

  private mutating func set(_ name: String, _ value: String) throws {
    let parts = value.split(separator: ",").map(String.init)
    switch name {
    case "--request": kinds = try parts.map { try Self.read(StudyKind(rawValue: $0), $0) }
    case "--seed": seeds = try parts.map { try Self.read(Int($0), $0) }
    case "--json": json = value
    case "--workers": workers = try Self.read(Int(value), value)
    case "--model": modelFile = value
    case "--method": methods = try parts.map { try Self.read(Baseline(rawValue: $0), $0) }
    case "--rate": rates = try parts.map { try Self.read(Double($0), $0) }
    case "--set":
      for part in parts {
        let pair = part.split(separator: "=").map(String.init)
        guard pair.count == 2 else { throw StudyError("--set takes NAME=VALUE") }
        changes.append((pair[0], try Self.read(Double(pair[1]), pair[1])))
      }
    default: throw StudyError("there is no option \(name)\n" + Self.usage)
    }
  }

  /// What is run for each request and seed.
  var contenders: [BaselineSettings?] {
    methods.isEmpty ? [nil] : methods.flatMap { method in rates.map { BaselineSettings(method, learningRate: $0) } }
  }

  private static func read<T>(_ found: T?, _ word: String) throws -> T {
    guard let found else { throw StudyError("\(word) is none of the possible values\n" + usage) }
    return found
  }
}
