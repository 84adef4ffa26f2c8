import ArgumentParser
import Requests
import Service

/// What every command needs: the places, and a way to ask the daemon.
struct Session {
  let places: Places

  init(_ place: PlaceOptions, parent: PlaceOptions) {
    places = Places(root: place.root ?? parent.root)
  }

  /// Asks the daemon. Ends the program with the answer's exit code when it refuses.
  func ask(_ command: ControlCommand) async throws -> JSONValue {
    do throws(ControlError) {
      return try await ControlClient(places: places).call(command)
    } catch {
      throw Failure(error)
    }
  }

  /// For commands that only read: the ledger itself answers when no daemon does.
  func askOrRead(
    _ command: ControlCommand, _ read: (OfflineReader) throws(ControlError) -> JSONValue
  ) async throws -> JSONValue {
    do throws(ControlError) {
      return try await ControlClient(places: places).call(command)
    } catch {
      guard error.code == .unavailable else { throw Failure(error) }
    }
    do throws(ControlError) {
      return try read(OfflineReader(places: places))
    } catch {
      throw Failure(error)
    }
  }
}

/// Prints a reason to standard error and ends with its exit code.
struct Failure: Error, CustomStringConvertible {
  let error: ControlError

  init(_ error: ControlError) { self.error = error }

  var description: String { error.message }
}

extension AsyncParsableCommand {
  /// Runs a body whose failures end the program: the sentence on standard error, the code for scripts.
  func run(_ body: () async throws -> Void) async throws {
    do {
      try await body()
    } catch let failure as Failure {
      Output.complain(failure.error.message)
      throw ArgumentParser.ExitCode(failure.error.code.rawValue)
    }
  }
}
