import Testing
import Requests
@Test func opens() {}
