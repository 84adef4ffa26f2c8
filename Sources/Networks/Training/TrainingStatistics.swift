import Glibc

/// BatchNorm's numbers of every unit during one batch: the chunks' moments and sums in float64, and what the kernels
/// read, in S. All units side by side, one value a channel.
///
/// `@unchecked Sendable`: a chunk's part belongs to the worker that computes it, the joined values to the calling
/// thread between two runs of the team.
final class TrainingStatistics<S: Scalar>: @unchecked Sendable {
  private let program: Program
  private let offsets: [Int]
  private let channels: Int
  /// [chunk][channel], first the mean or the sum, second the squares or the dot.
  private let first: [UnsafeMutablePointer<Double>]
  private let second: [UnsafeMutablePointer<Double>]
  private let totals: (sums: UnsafeMutablePointer<Double>, dots: UnsafeMutablePointer<Double>)
  private let values: UnsafeMutablePointer<S>
  private(set) var moments: [Moments]

  /// Places in `values`: each a row of one value a channel.
  private enum Place: Int, CaseIterable {
    case mean, inverse, weight, bias, meanSum, meanDot
  }

  init(_ program: Program, chunks: Int) {
    self.program = program
    var count = 0
    offsets = program.units.map { unit in
      defer { count += (unit.geometry.outChannels + 15) / 16 * 16 }
      return count
    }
    let channels = count
    self.channels = channels
    first = (0..<chunks).map { _ in AlignedMemory.allocate(Double.self, count: channels) }
    second = (0..<chunks).map { _ in AlignedMemory.allocate(Double.self, count: channels) }
    totals = (
      AlignedMemory.allocate(Double.self, count: channels), AlignedMemory.allocate(Double.self, count: channels)
    )
    values = AlignedMemory.allocate(S.self, count: channels * Place.allCases.count)
    moments = Array(repeating: Moments(), count: channels)
  }

  deinit {
    (first + second + [totals.sums, totals.dots]).forEach { free($0) }
    free(values)
  }

  private func value(_ place: Place, _ unit: Int) -> UnsafeMutablePointer<S> {
    values + place.rawValue * channels + offsets[unit]
  }

  private func outChannels(_ unit: Int) -> Int { program.units[unit].geometry.outChannels }

  func bias(_ unit: Int) -> UnsafePointer<S> { UnsafePointer(value(.bias, unit)) }
  func means(_ unit: Int) -> (sum: UnsafePointer<S>, dot: UnsafePointer<S>) {
    (UnsafePointer(value(.meanSum, unit)), UnsafePointer(value(.meanDot, unit)))
  }
  func totalSums(_ unit: Int) -> UnsafePointer<Double> { UnsafePointer(totals.sums + offsets[unit]) }
  func totalDots(_ unit: Int) -> UnsafePointer<Double> { UnsafePointer(totals.dots + offsets[unit]) }
  func moments(_ unit: Int) -> ArraySlice<Moments> { moments[offsets[unit]..<(offsets[unit] + outChannels(unit))] }

  func normalization(_ unit: Int) -> BatchNormTraining<S> {
    BatchNormTraining(
      channels: outChannels(unit), mean: value(.mean, unit), inverse: value(.inverse, unit),
      weight: value(.weight, unit))
  }

  /// Takes in BatchNorm's weight and bias.
  func prepare<Source: ParameterSource>(_ unit: Int, from source: Source) where Source.P: Scalar {
    guard case .normalization(let weight, let bias, _, _) = program.units[unit].shift else { return }
    for (spec, place) in [(weight, Place.weight), (bias, Place.bias)] {
      let out = value(place, unit)
      source.read(spec) { numbers in
        for channel in 0..<outChannels(unit) { out[channel] = S(numbers[channel]) }
      }
    }
  }

  func takeMoments(_ x: UnsafePointer<S>, rows: Range<Int>, chunk: Int, unit: Int) {
    BatchNormTraining<S>.moments(
      x, rows: rows, channels: outChannels(unit), mean: first[chunk] + offsets[unit],
      squares: second[chunk] + offsets[unit])
  }

  /// `rows` of each chunk.
  func joinMoments(_ unit: Int, rows: [Int]) {
    for channel in 0..<outChannels(unit) {
      let place = offsets[unit] + channel
      var all = Moments()
      for (chunk, rows) in rows.enumerated() {
        all.join(rows: rows, mean: rows > 0 ? first[chunk][place] : 0, squares: rows > 0 ? second[chunk][place] : 0)
      }
      moments[place] = all
      value(.mean, unit)[channel] = S(all.mean)
      value(.inverse, unit)[channel] = S(all.inverse)
    }
  }

  /// Column sums of dz and, with BatchNorm, of dz * xhat.
  func takeSums(
    _ unit: Int, dz: UnsafePointer<S>, convolved: UnsafePointer<S>?, rows: Range<Int>, chunk: Int
  ) {
    let (sums, dots) = (first[chunk] + offsets[unit], second[chunk] + offsets[unit])
    for channel in 0..<outChannels(unit) { (sums[channel], dots[channel]) = (0, 0) }
    if let convolved {
      normalization(unit).backwardSums(dz: dz, x: convolved, rows: rows, sums: sums, dots: dots)
    } else {
      Columns(rows: rows, channels: outChannels(unit)).addSums(to: sums) { Vector.load(dz + $2, $1) }
    }
  }

  /// `used` chunks, and rows of the whole batch.
  func joinSums(_ unit: Int, used: [Int], rows: Int) {
    for channel in 0..<outChannels(unit) {
      let place = offsets[unit] + channel
      (totals.sums[place], totals.dots[place]) = (0, 0)
      for chunk in used {
        totals.sums[place] += first[chunk][place]
        totals.dots[place] += second[chunk][place]
      }
      value(.meanSum, unit)[channel] = S(totals.sums[place] / Double(rows))
      value(.meanDot, unit)[channel] = S(totals.dots[place] / Double(rows))
    }
  }
}
