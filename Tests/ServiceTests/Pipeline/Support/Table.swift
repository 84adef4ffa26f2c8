import Glibc
import Platform
import Service

/// A second model of a road: the same network, with the same rows as a table. One of them can be made unreadable in a
/// way that shows only to whoever reads it.
struct Table {
  /// Before the other one in every order.
  static let model = "rows"
  /// Of the training rows.
  static let spoiltRow = 0

  private let path: String
  /// Where the spoilt row's first number begins.
  private let place: Int
  private let sound: UInt8

  init(_ road: Road) throws {
    let header = "y," + (0..<SmallData.features).map { "f\($0)" }.joined(separator: ",") + "\n"
    for (name, rows) in [("train", SmallData.shared.train), ("heldout", SmallData.shared.heldout)] {
      let lines = rows.labels.indices.map { row in
        "\(rows.labels[row])," + rows.row(row).map { "\($0)" }.joined(separator: ",") + "\n"
      }
      try DurableFile.publish(header + lines.joined(), to: road.source(name + ".csv"))
    }
    path = road.source("train.csv")
    place = header.utf8.count + "0,".utf8.count
    sound = try DataFile(path: path).read(at: place, count: 1)[0]
    let text = """
      model: \(road.source("model"))
      data: {format: csv, label: y, train: \(path), heldout: \(road.source("heldout.csv"))}
      \(Road.usual)
      """
    try DurableFile.publish(text, to: road.configuration(Self.model))
  }

  func spoil() throws { try put(UInt8(ascii: "x")) }

  func mend() throws { try put(sound) }

  /// Size and time stay what they were, as when a disk gives back something else than was written.
  private func put(_ byte: UInt8) throws {
    let before = try FileStatus.of(path).identity
    let (seconds, nanoseconds) = before.mtimeNanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
    let time = timespec(tv_sec: Int(seconds), tv_nsec: Int(nanoseconds))
    let file = open(path, O_WRONLY)
    defer { close(file) }
    guard pwrite(file, [byte], 1, off_t(place)) == 1, futimens(file, [time, time]) == 0,
      try FileStatus.of(path).identity == before
    else { throw Neighbour.Failure(number: errno) }
  }
}
