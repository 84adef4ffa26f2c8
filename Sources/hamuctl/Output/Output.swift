import Platform
import Requests

/// What a person or a script sees. Text goes to standard output, complaints to standard error. A reader that went away is
/// no failure of the command, so writing to it is not one either.
enum Output {
  static func say(_ text: String) { try? Console.write(text + "\n") }

  static func complain(_ text: String) { try? Console.write("hamuctl: " + text + "\n", to: .error) }

  static func json(_ value: JSONValue) { say(value.prettyText) }
}
