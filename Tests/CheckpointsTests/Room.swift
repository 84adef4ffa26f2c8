import Testing
import Checkpoints
@Test func opens() {}
