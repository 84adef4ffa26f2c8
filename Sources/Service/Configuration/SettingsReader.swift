package import Requests

extension Settings {
  /// - Parameter bytes: of hamud.yaml; may be nothing but comments.
  package static func parse(_ bytes: [UInt8]) throws(Refusal) -> Settings {
    let document = try DocumentReader(bytes, mayBeEmpty: true)
    var settings = Settings()
    if let reader = document.mapping() {
      settings.threads = reader.value("threads", .integer(in: 0...1024), default: settings.threads)
      settings.scanInterval = reader.value(
        "scan_interval", .duration(in: .seconds(1) ... .days(1), "1s to 1d", example: "60s"),
        default: settings.scanInterval)
      if let quotas = reader.mapping("quotas", example: "requests_per_day: 1000") { settings.quotas = .read(quotas) }
      settings.lowDisk = reader.value("low_disk", .percentage, default: settings.lowDisk)
      if let keep = reader.mapping("keep", example: "manifests: 30d") { settings.keep = .read(keep) }
      reader.finish()
    }
    try document.finish()
    return settings
  }
}

extension Settings.Quotas {
  fileprivate static func read(_ reader: MappingReader) -> Self {
    var quotas = Self()
    let count = ScalarForm<Int>.integer(in: 0...Int.max, example: 1000)
    quotas.requestsPerDay = reader.value("requests_per_day", count, default: quotas.requestsPerDay)
    quotas.rowsPerDay = reader.value("rows_per_day", count, default: quotas.rowsPerDay)
    reader.finish()
    return quotas
  }
}

extension Settings.Keep {
  fileprivate static func read(_ reader: MappingReader) -> Self {
    var keep = Self()
    keep.receipts = reader.value("receipts", .duration.example("3y"), default: keep.receipts)
    keep.manifests = reader.value("manifests", .duration.example("30d"), default: keep.manifests)
    reader.finish()
    return keep
  }
}
