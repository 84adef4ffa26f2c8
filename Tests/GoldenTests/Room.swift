import Testing
@Test func opens() {}
