import Testing
import Datasets
@Test func opens() {}
