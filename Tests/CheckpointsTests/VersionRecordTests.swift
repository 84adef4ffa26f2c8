import Checkpoints
import Testing

@Suite struct VersionRecordTests {
  private var full: VersionRecord {
    var record = VersionRecord(model: "cifar10", version: 42, created: "2026-01-02T03:04:05Z")
    record.parent = 41
    record.parentRecord = "sha256:" + String(repeating: "a", count: 64)
    record.batch = 17
    record.requests = [.init(id: "dsr-1", digest: "sha256:1"), .init(id: "dsr-2", digest: "sha256:2")]
    record.settings = .object([("method", .text("hamu-q")), ("radius", .object([("relative", .real(2e-4))]))])
    record.seed = 42
    record.hardness = .object([("kappa", .real(-0.125)), ("unavoidable", .bool(false))])
    record.run = .object([("steps", .integer(60))])
    record.before = .object([("forget_loss", .real(0.003))])
    record.after = .object([("forget_loss", .real(2.25))])
    record.retainRows = [0...99, 101...101, 200...9_999]
    record.blas = .init(library: "OpenBLAS 0.3.21", coreType: "Haswell", threads: 2)
    record.files = [.init(name: "config.json", size: 12, digest: "sha256:c")]
    return record
  }

  @Test func render_readsBackAsTheSameRecordInTheSameBytes() throws {
    for record in [full, VersionRecord(model: "m", version: 1, created: "now")] {
      let bytes = record.render()
      #expect(try VersionRecord.parse(bytes) == record)
      #expect(try VersionRecord.parse(bytes).render() == bytes)
    }
  }

  @Test func render_writesKeysInTheOrderOfTheContract() throws {
    let keys = try RecordValue.parse(full.render()).members?.map(\.key)
    #expect(
      keys == [
        "hamud", "model", "version", "created", "parent", "parent_record", "batch", "requests", "settings", "seed",
        "hardness", "run", "before", "after", "retain_rows", "blas", "files", "check",
      ])
  }

  @Test func parse_whenAnyBitFlips_refusesIt() {
    let sound = full.render()
    for bit in 0..<sound.count * 8 {
      var damaged = sound
      damaged[bit / 8] ^= 1 << (bit % 8)
      #expect(throws: CheckpointError.self, "bit \(bit)") { try VersionRecord.parse(damaged) }
    }
  }

  @Test func parse_whenTornAnywhere_refusesIt() {
    let sound = full.render()
    for length in 0..<sound.count {
      #expect(throws: CheckpointError.self) { try VersionRecord.parse(Array(sound[..<length])) }
    }
    #expect(throws: CheckpointError.self) { try VersionRecord.parse(sound + [0x0a]) }
  }

  @Test func parse_whenThereAreUnknownKeys_ignoresThem_butNotANewerFormat() throws {
    let newer = resealed(full) { $0.replacing("\"model\"", with: "\"later\": {\"a\": [1]},\n  \"model\"") }
    #expect(try VersionRecord.parse(newer) == full)
    let format = failure {
      _ = try VersionRecord.parse(resealed(full) { $0.replacing("\"hamud\": 1", with: "\"hamud\": 2") })
    }
    #expect(format?.description == "its format is not 1; a newer hamud has written it")
    let missing = failure {
      _ = try VersionRecord.parse(resealed(full) { $0.replacing("\"version\": 42", with: "\"version\": \"x\"") })
    }
    #expect(missing?.description == "version is missing or no whole number")
  }

  /// The record's text after a change, with a fitting check.
  private func resealed(_ record: VersionRecord, _ change: (String) -> String) -> [UInt8] {
    let lines = String(decoding: record.render(), as: UTF8.self).split(
      separator: "\n", omittingEmptySubsequences: false)
    let checked = Array(change(lines.dropLast(3).joined(separator: "\n") + "\n").utf8)
    return checked + Array("  \"check\": \"\(digest(checked))\"\n}\n".utf8)
  }
}
