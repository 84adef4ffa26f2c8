import Requests
import Service
import Testing

@Suite struct SettingsTests {
  @Test func settings_whenTheFileIsAbsent_areTheDefaults() throws {
    let configuration = try ConfigurationLoader.load(Places(root: "/nowhere"))
    #expect(configuration.settings == Settings())
  }
}
