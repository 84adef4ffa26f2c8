import Testing
import Platform
@Test func opens() {}
