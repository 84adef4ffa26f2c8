import Testing
import Unlearning
@Test func opens() {}
