import JSON
import NumberAuth
import ProviderConformance
import Testing

@testable import Configuration

/// `Fixtures/page-options.json`: options of authorisation pages in YAML, and as the SDK receives them.
@Suite("The options of an authorisation page")
struct PageOptionTests {
  static let cases = Files.elements("Fixtures/page-options.json").map {
    Named(description: $0["name"]?.string ?? "", value: $0)
  }

  @Test("The fixtures are complete")
  func count() { #expect(PageOptionTests.cases.count == 5) }

  @Test("reach the SDK as written: texts, numbers and truth values keep their type", arguments: cases)
  func sdk(_ fixture: Named) throws {
    let type = try #require(fixture.value["type"]?.string)
    let expected = try JSONValue.parse(Array(#require(fixture.value["json"]?.string).utf8))
    let configuration = try load(page: "{type: \"\(type)\", options: \(fixture.value["options"]?.string ?? "")}")
    let page = try #require(configuration.apps["shop"]?.pages[.h5])
    let provider = try #require(configuration.accounts["two"]?.provider as? any ClientPreparing)
    let exchange = try provider.prepare(
      PrepareClient(operation: .login, channel: .h5, pageOptions: page),
      CallContext(now: WallTime(milliseconds: 1_704_164_645_678), nonce: "0123456789abcdef0123456789abcdef"))
    guard case .answer(let parameters) = exchange else { throw Unexpected() }
    let authPage = try JSONValue.parse(#require(parameters.authPage).bytes)
    #expect(authPage["type"]?.string == type)
    #expect(try text(#require(authPage["options"])) == text(expected))
  }

  @Test("are suggested by the schema of config.yaml, with descriptions and defaults, and allow any value")
  func suggestions() throws {
    let providers = try load(page: #"{type: "0"}"#).providers
    let schema = ConfigurationSchema.config.json(suggestingPagesOf: providers.values)
    let page = schema["definitions"]?["channel"]?["properties"]?["page"]
    let suggestions = page?["allOf"]?.elements ?? []
    #expect(
      suggestions.map { $0["if"]?["properties"]?["type"]?["enum"]?.elements.first?.string } == ["2", "3"])
    let popUp = suggestions.first?["then"]?["properties"]?["options"]?["properties"]
    let button = popUp?["customControlStyle"]?["properties"]
    #expect(
      button?["url"]?["description"]?.string
        == "target of the button; an http or https URL; required if `ifShow` is true")
    #expect(try text(#require(button?["ifShow"]?["default"])) == "false")
    #expect(
      button?["url"]?["type"] == nil && button?["url"]?["pattern"] == nil && popUp?["additionalProperties"] == nil)
    #expect(popUp?["agreeStyle"]?["properties"]?["agreeArr"]?["items"]?["properties"]?["name"] != nil)
    #expect(ConfigurationSchema.config.json["properties"]?["apps"] != nil)
  }

  private struct Unexpected: Error {}

  private func text(_ value: JSONValue) -> String {
    String(decoding: JSONFragment { $0.value(value) }.bytes, as: UTF8.self)
  }

  /// A configuration with the shipped file of China Mobile's H5 SDK.
  private func load(page: String) throws -> Configuration {
    let base = try #require(CheckTests.cases.first { $0.description == "with its pages" }).value
    var files = Files.texts(base["files"])
    let line = try #require(
      files["config.yaml"]?.split(separator: "\n").first { $0.hasPrefix("      page: ") })
    files["config.yaml"] = files["config.yaml"]?.replacing(line, with: "      page: " + page)
    files["providers/pages.yaml"] = Repository.read(Files.providers + "china-mobile-h5.yaml").map {
      String(decoding: $0, as: UTF8.self)
    }
    return try ConfigurationLoader.load("config.yaml", files: Files.memory(files))
  }
}
