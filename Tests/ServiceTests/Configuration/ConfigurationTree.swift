import Platform
import Service

/// A private root with /etc/hamud in it, removed at the end.
final class ConfigurationTree {
  let root: String
  var places: Places { Places(root: root) }

  init() throws(PlatformError) {
    root = "/tmp/hamud-configuration-" + SHA256Digest.of(randomBytes(16)).prefix(16)
    try DurableDirectory.make(Places(root: root).modelSettings, parents: true)
  }

  deinit { _ = try? DurableDirectory.removeTree(root) }

  func write(settings text: String) throws(PlatformError) {
    try DurableFile.publish(text, to: places.settingsFile)
  }

  func write(model name: String, _ text: String) throws(PlatformError) {
    try DurableFile.publish(text, to: Paths.join(places.modelSettings, name + ".yaml"))
  }
}
