import Requests
import Testing

@Suite struct SmokeTests {
  @Test func parse() throws {
    let text = """
      hamud: 1
      modle: cifar10
      forget:
        samples: [17, 0017, 1000-1999, "img", 5-3, no]
        classes: [1]
      priority: urgnt
      """
    do {
      print(try Manifest.parse(Array(text.utf8), fileStem: "abc"))
    } catch {
      print(error.full)
      print(error.redacted)
    }
  }
}
