import Checkpoints
import Testing

@Suite struct DataRecordTests {
  private func parse(_ text: String) throws -> DataRecord { try DataRecord.parse(Array(text.utf8)) }

  @Test func render_readsBackTheSameBits() throws {
    for record in [
      SampleModel.record,
      DataRecord(mean: [0.1 + 0.2, 1e-300, -7], deviation: [1.0 / 3, .leastNonzeroMagnitude, 1]),
      DataRecord(features: ["a", "b"], mean: [], deviation: []),
      DataRecord(features: ["a", "b"], mean: [1], deviation: [2]),
    ] {
      #expect(try DataRecord.parse(record.render()) == record)
    }
  }

  @Test(arguments: [
    #"{}"#, #"{"hamud_data":2,"mean":[],"std":[]}"#, #"{"hamud_data":1,"mean":[1],"std":[]}"#,
    #"{"hamud_data":1,"mean":[1],"std":[0]}"#, #"{"hamud_data":1,"mean":[1],"std":[-1]}"#,
    #"{"hamud_data":1,"mean":["1"],"std":[1]}"#, #"{"hamud_data":1,"mean":[null],"std":[1]}"#,
    #"{"hamud_data":1,"features":["a","b","c"],"mean":[1,2],"std":[1,1]}"#,
    #"{"hamud_data":1,"features":[1],"mean":[1],"std":[1]}"#,
  ])
  func parse_whenNumbersDoNotFit_throws(_ text: String) { _ = failure { _ = try parse(text) } }
}
