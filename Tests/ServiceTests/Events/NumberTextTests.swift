import Service
import Testing

@Suite struct NumberTextTests {
  @Test(arguments: [
    (0.0, "0"), (-0.0, "0"), (1.0, "1"), (42.0, "42"), (0.5, "0.5"), (0.123456, "0.1235"), (0.99995, "1"),
    (0.00012345, "0.0001235"), (0.000012345, "1.235e-5"), (-1.2e-7, "-1.2e-7"), (123456.0, "123500"),
    (1e16, "1e16"), (.infinity, "inf"), (-.infinity, "-inf"), (9.9999, "10"), (1.5e-300, "1.5e-300"),
  ])
  func figure_hasFourSignificantDigits(_ value: Double, _ text: String) {
    #expect(NumberText.figure(value) == text)
  }

  @Test func figure_readsBackWithinItsDigits() {
    var value = 1e-12
    while value < 1e13 {
      let back = Double(NumberText.figure(value, digits: 6)) ?? .nan
      #expect(abs(back - value) <= value * 5.001e-6, "\(value)")
      value *= 1.7
    }
  }

  @Test func count_takesTheSingularForOne() {
    #expect(NumberText.count(1, "row") == "1 row")
    #expect(NumberText.count(0, "row") == "0 rows")
    #expect(NumberText.count(2, "row") == "2 rows")
  }

  @Test func bytes_takesBinaryUnits() {
    #expect(NumberText.bytes(512) == "512 bytes")
    #expect(NumberText.bytes(1536) == "1.5 KiB")
    #expect(NumberText.bytes(5 << 30) == "5 GiB")
  }
}
