/// How the numbers of a data set become the numbers that a model was trained on: `hamud-data.json`.
///
/// It is a file of its own beside config.json, not a part of hamud.json, because a model that was just trained is no
/// version yet and has no record, but is of no use without these numbers. As a file of the model it is copied from
/// version to version and has its digest in each record.
package struct DataRecord: Sendable, Equatable {
  package static let fileName = "hamud-data.json"
  private static let format = 1

  /// Names of a table's feature columns, in the order of the model's inputs; empty for pictures.
  package let features: [String]
  /// One for each feature or channel, or one for all of them; none: the input stays as it is. The model's input is
  /// (x - mean) / deviation.
  package let mean: [Double]
  /// As many as there are means; each above 0.
  package let deviation: [Double]

  package init(features: [String] = [], mean: [Double], deviation: [Double]) {
    self.features = features
    self.mean = mean
    self.deviation = deviation
  }

  /// - Throws: `CheckpointError.json` or `.model`, without the file's name.
  package static func parse(_ bytes: [UInt8]) throws(CheckpointError) -> DataRecord {
    let document = try RecordValue.parse(bytes)
    guard document["hamud_data"]?.integer == format else {
      throw .model("\(fileName) must say \"hamud_data\": \(format); a newer hamud may have written it")
    }
    let features = document["features"]?.list?.map(\.text) ?? []
    let mean = document["mean"]?.list?.map(\.real) ?? []
    let deviation = document["std"]?.list?.map(\.real) ?? []
    let record = DataRecord(
      features: features.compactMap { $0 }, mean: mean.compactMap { $0 }, deviation: deviation.compactMap { $0 })
    guard record.mean.count == mean.count, record.deviation.count == deviation.count,
      record.features.count == features.count
    else {
      throw .model("\(fileName) must list words under features and numbers under mean and std")
    }
    guard mean.count == deviation.count, mean.count <= 1 || features.isEmpty || features.count == mean.count,
      record.deviation.allSatisfy({ $0 > 0 })
    else {
      throw .model("\(fileName) must list as many numbers under mean as under std, those above 0: one for each feature")
    }
    return record
  }

  package func render() -> [UInt8] {
    let document = RecordValue.object([
      ("hamud_data", .integer(Self.format)),
      ("features", features.isEmpty ? nil : .list(features.map(RecordValue.text))),
      ("mean", .list(mean.map(RecordValue.real))),
      ("std", .list(deviation.map(RecordValue.real))),
    ])
    return Array((document.render() + "\n").utf8)
  }
}
