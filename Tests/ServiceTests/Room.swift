import Testing
import Service
@Test func opens() {}
