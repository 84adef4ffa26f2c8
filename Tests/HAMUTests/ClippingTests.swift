import HAMU
import Testing

@Suite struct ClippingTests {
  @Test func factor_whenNormIsBelowTheLimit_isOne() {
    #expect(Clipping.factor(norm: 0.5, limit: 1) == 1)
    #expect(Clipping.factor(norm: 0, limit: 1) == 1)
  }

  @Test func factor_whenNormIsAboveTheLimit_isPyTorchs() {
    #expect(Clipping.factor(norm: 4, limit: 1) == 1 / (4 + 1e-6))
    // Just below the limit PyTorch scales too, because of the 1e-6.
    #expect(Clipping.factor(norm: 1, limit: 1) < 1)
  }
}
