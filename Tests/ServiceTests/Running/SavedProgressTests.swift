import Checkpoints
import Requests
import Service
import Testing
import Unlearning

@Suite struct SavedProgressTests {
  /// That of a run over a hundred thousand rows, say, whose retain set has a hole at every second.
  @Test func stateOfManyRows_isReadBack() throws {
    let row = #"{"phi":-1.2345678901234567,"row":123456}"#
    let run = "{\"heldMargins\":[" + Array(repeating: row, count: 200_000).joined(separator: ",") + "]}"
    let arrays = [TensorArray("weights/w", .float32([1, 2]))]
    let found = SavedProgress.Found(
      run: SavedRun(state: run, arrays: arrays), retainRows: Array(stride(from: 0, to: 200_000, by: 2)))
    let text = found.state
    #expect(text.utf8.count > Limits.jsonBytes)
    // Not compared in the expectation itself, which would show megabytes.
    let isSame = SavedProgress.Found(state: text, arrays: arrays) == found
    #expect(isSame)
  }

  @Test func textOfSomebodyElse_isNone() {
    for text in ["", "[]", "{}", #"{"run":"x"}"#, #"{"retain":"0-3","run":1}"#, #"{"retain":"3-0","run":"x"}"#] {
      #expect(SavedProgress.Found(state: text, arrays: []) == nil)
    }
  }
}
