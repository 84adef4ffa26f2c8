import Networks
import Testing

@Suite struct BLASCheckTests {
  @Test func check_onThisMachine_isGood() {
    let report = BLASCheck.run()
    #expect(report.ok && report.detail.isEmpty)
    #expect(report.threads == 1)
    #expect(!report.library.isEmpty && !report.core.isEmpty)
  }

  @Test func check_whenOneElementOfAProductIsWrong_namesTheProductAndWhatToSet() {
    let report = BLASCheck.report(
      multiply: (
        { product in
          Float.multiply(product)
          if product.k == 129, product.leftTransposed { product.out[(product.m - 1) * product.outStride] += 0.5 }
        }, Double.multiply
      ))
    #expect(!report.ok)
    #expect(report.detail.hasPrefix("the single-precision product 48 x 129 times 129 x 33 (left factor transposed)"))
    #expect(report.detail.contains("OPENBLAS_CORETYPE="))
  }

  @Test func check_whenAProductIsNotANumber_fails() {
    let report = BLASCheck.report(
      multiply: (
        Float.multiply,
        { product in
          Double.multiply(product)
          product.out[0] = .nan
        }
      ))
    #expect(!report.ok && report.detail.contains("double-precision"))
  }
}
