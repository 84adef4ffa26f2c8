import Testing
import Networks
@Test func opens() {}
