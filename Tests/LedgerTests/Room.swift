import Testing
import Ledger
@Test func opens() {}
