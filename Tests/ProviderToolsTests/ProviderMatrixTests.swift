import Configuration
import ProviderTools
import Testing

@Suite("The table of providers")
struct ProviderMatrixTests {
  private static let folder = #filePath.split(separator: "/").dropLast(3).reduce("") { $0 + "/" + $1 } + "/providers"

  @Test("has a line for every provider and channel, and shows unconfirmed facts")
  func lines() throws {
    let files = try ConfigurationLoader.loadProviders(Self.folder)
    let lines = ProviderMatrix(Array(files.values)).lines
    #expect(lines.count == 1 + files.values.reduce(0) { $0 + $1.serves.count })
    let line = try #require(lines.first { $0.hasPrefix("jiguang") && $0.contains(" h5 ") })
    #expect(
      line.split(separator: " ").map(String.init).starts(with: [
        "jiguang", "h5", "parameters", "yes", "yes", "declarative",
      ]))
    #expect(line.hasSuffix("unconfirmed"))
    #expect(lines.contains { $0.hasPrefix("china-mobile-quick-app") && $0.contains("parameters+signature") })
  }
}
