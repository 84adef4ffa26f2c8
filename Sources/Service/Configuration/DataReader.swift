import Requests

extension DataSettings {
  private static let example = "format: cifar10"

  /// Nil when something is missing or wrong, which was then reported.
  static func read(_ model: MappingReader, directory: String) -> DataSettings? {
    guard model.has("data") else {
      model.missing("data", mend: "add data: {format: cifar10, train: FILES, heldout: FILES}")
      return nil
    }
    guard let reader = model.mapping("data", example: example) else { return nil }
    guard let format = reader.required("format", .word(Format.self, later: ["jsonl"]))?.value else {
      // Which keys there may be depends on the format: without one, the rest cannot be judged.
      return nil
    }
    let source = source(format, reader, directory)
    let ids = reader.optional("ids", .path(in: directory, example: "ids.csv"))
    let normalize = normalize(reader, format)
    if case .csv(_, _, let columns) = source, let ids, columns.id != nil || columns.subject != nil {
      reader.report(
        at: ids.position, "ids come from \(ours: "data.ids") and from columns of the table",
        mend: "keep one: remove ids, or id and subject")
    }
    reader.finish()
    return source.map { DataSettings(source: $0, ids: ids?.value, normalize: normalize) }
  }

  private static func source(_ format: Format, _ reader: MappingReader, _ directory: String) -> Source? {
    switch format {
    case .cifar10:
      return files(reader, directory, "data_batch_*.bin", "test_batch.bin").map { .cifar10(train: $0, heldout: $1) }
    case .safetensors:
      return files(reader, directory, "train.safetensors", "heldout.safetensors").map {
        .safetensors(train: $0, heldout: $1)
      }
    case .csv:
      let columns = columns(reader)
      guard let (train, heldout) = files(reader, directory, "train.csv", "heldout.csv"), let columns else { return nil }
      return .csv(train: train, heldout: heldout, columns: columns)
    case .idx:
      let train = images(reader, "train", directory)
      let heldout = images(reader, "heldout", directory)
      guard let train, let heldout else { return nil }
      return .idx(train: train, heldout: heldout)
    }
  }

  private static func files(
    _ reader: MappingReader, _ directory: String, _ train: String, _ heldout: String
  ) -> (String, String)? {
    let train = reader.required("train", .path(in: directory, example: train))?.value
    let heldout = reader.required("heldout", .path(in: directory, example: heldout))?.value
    guard let train, let heldout else { return nil }
    return (train, heldout)
  }

  private static func images(_ data: MappingReader, _ split: String, _ directory: String) -> ImageFiles? {
    let example = "{images: \(split)-images.gz, labels: \(split)-labels.gz}"
    guard data.has(split) else {
      data.missing(split, mend: "add \(ours: split): \(ours: example)")
      return nil
    }
    guard let reader = data.mapping(split, example: example) else { return nil }
    let images = reader.required("images", .path(in: directory, example: "\(split)-images.gz"))?.value
    let labels = reader.required("labels", .path(in: directory, example: "\(split)-labels.gz"))?.value
    reader.finish()
    guard let images, let labels else { return nil }
    return ImageFiles(images: images, labels: labels)
  }

  private static func columns(_ reader: MappingReader) -> Columns? {
    let label = reader.required("label", .text.example("COLUMN"))?.value
    let id = reader.optional("id", .text.example("COLUMN"))?.value
    let subject = reader.optional("subject", .text.example("COLUMN"))?.value
    let example = "[age, height]"
    let features = reader.list("features", of: .text.example("COLUMN"), example: example)
    if let features, features.isEmpty {
      reader.report(
        at: reader.keyPosition("features"), "data.features is empty",
        mend: "write a list of columns, such as \(ours: example), or remove it: then every other column is one")
    }
    return label.map { Columns(label: $0, id: id, subject: subject, features: features?.map(\.value)) }
  }

  private static func normalize(_ data: MappingReader, _ format: Format) -> Normalize? {
    let example = "{mean: [0.5], std: [0.25]}"
    guard let reader = data.mapping("normalize", example: example) else {
      return format == .cifar10 ? .cifar10 : nil
    }
    let anyNumber = ScalarForm<Double>.real("a number", example: "0.5") { _ in true }
    let mean = numbers("mean", anyNumber, reader)
    let std = numbers("std", .positive, reader)
    reader.finish()
    guard let mean, let std else { return nil }
    guard mean.count == std.count, !mean.isEmpty else {
      reader.report(
        at: reader.position, "data.normalize has \(ours: mean.count) means and \(ours: std.count) deviations",
        mend: "write one of each for every channel or column, such as \(ours: example)")
      return nil
    }
    return Normalize(mean: mean, std: std)
  }

  private static func numbers(_ key: String, _ form: ScalarForm<Double>, _ reader: MappingReader) -> [Double]? {
    guard reader.has(key) else {
      reader.missing(key, mend: "add \(ours: key): [\(ours: form.example)]")
      return nil
    }
    guard let items = reader.items(key, example: "[\(form.example)]") else { return nil }
    let numbers = reader.read(items, form, key: key)
    return numbers.count == items.count ? numbers.map(\.value) : nil
  }
}
