import Testing
import Training
@Test func opens() {}
