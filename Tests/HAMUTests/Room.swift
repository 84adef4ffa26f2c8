import Testing
import HAMU
@Test func opens() {}
