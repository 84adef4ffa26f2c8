import Platform
import Requests
import Service
import Testing

@Suite struct SettingsTests {
  @Test func settings_whenNothingIsThere_areTheDefaults() throws {
    let tree = try ConfigurationTree()
    let configuration = try ConfigurationLoader.load(tree.places)
    #expect(configuration == Configuration())
    #expect(configuration.settings.threads == 0)
    #expect(configuration.settings.scanInterval == .seconds(60))
    #expect(configuration.settings.quotas.requestsPerDay == 1000)
    #expect(configuration.settings.quotas.rowsPerDay == 100_000)
    #expect(configuration.settings.lowDisk == 0.1)
    #expect(configuration.settings.keep.receipts == .seconds(3 * 365 * 86_400))
    #expect(configuration.settings.keep.manifests == .seconds(30 * 86_400))
  }

  @Test(arguments: ["", "# threads: 4\n", "---\n# nothing\n", "{}"])
  func settings_whenTheFileSaysNothing_areTheDefaults(_ text: String) throws {
    let tree = try ConfigurationTree()
    try tree.write(settings: text)
    #expect(try ConfigurationLoader.load(tree.places) == Configuration())
  }

  @Test func settings_withEveryKey_areRead() throws {
    let tree = try ConfigurationTree()
    try tree.write(
      settings: """
        threads: 2
        scan_interval: 5s
        quotas: {requests_per_day: 0, rows_per_day: 7}
        low_disk: 2.5%
        keep: {receipts: 1y, manifests: 12h}
        """)
    let settings = try ConfigurationLoader.load(tree.places).settings
    #expect(settings.threads == 2 && settings.scanInterval == .seconds(5) && settings.lowDisk == 0.025)
    #expect(settings.quotas.requestsPerDay == 0 && settings.quotas.rowsPerDay == 7)
    #expect(settings.keep.receipts == .seconds(365 * 86_400) && settings.keep.manifests == .seconds(43_200))
  }

  @Test func settings_whenBad_failTheLoadWithEveryLine() throws {
    let tree = try ConfigurationTree()
    try tree.write(
      settings: """
        treads: 2
        scan_interval: 60
        quotas: {requests: 1, rows_per_day: -1}
        low_disk: 110%
        keep: 30d
        threads: 2000
        """)
    let file = tree.places.settingsFile
    #expect {
      try ConfigurationLoader.load(tree.places)
    } throws: { error in
      "\(error)" == """
        \(file):1:1: unknown key "treads"; did you mean threads?
        \(file):2:16: scan_interval: "60" is not a duration from 1s to 1d; write for example 60s
        \(file):3:10: unknown key "quotas.requests"; known here: requests_per_day, rows_per_day
        \(file):3:37: quotas.rows_per_day: "-1" is not a whole number, 0 or more; write for example 1000
        \(file):4:11: low_disk: "110%" is not a share such as 10% or 0.1; write for example 10%
        \(file):5:7: keep is a single value; write keys with values, such as manifests: 30d
        \(file):6:10: threads: "2000" is not a whole number from 0 to 1024; write for example 0
        """
    }
  }

  @Test func settings_whenTheFileCannotBeRead_failTheLoad() throws {
    let tree = try ConfigurationTree()
    try DurableDirectory.make(tree.places.settingsFile)
    let error = #expect(throws: ConfigurationError.self) { try ConfigurationLoader.load(tree.places) }
    #expect(error?.isTransient == false)
  }

  /// Memory at an address where nothing is reads like a bad sector.
  @Test func settings_whenTheDiskFails_areNoWrongConfiguration() throws {
    let tree = try ConfigurationTree()
    try DurableDirectory.swapSymlink(at: tree.places.settingsFile, to: "/proc/self/mem")
    let error = #expect(throws: ConfigurationError.self) { try ConfigurationLoader.load(tree.places) }
    #expect(error?.isTransient == true)
  }
}
