import Configuration
import JSON
import Testing

@Suite("The guide docs/adding-a-provider.md")
struct GuideTests {
  private static let root = #filePath.split(separator: "/").dropLast(3).reduce("") { $0 + "/" + $1 }
  private static let guide = String(
    decoding: FileSystem.machine.read(root + "/docs/adding-a-provider.md") ?? [], as: UTF8.self)

  /// Every key and word of a schema.
  private static func words(_ value: JSONValue, into words: inout Set<String>) {
    for member in value["properties"]?.members ?? [] { words.insert(member.key) }
    for word in value["enum"]?.elements ?? [] { if let text = word.string { words.insert(text) } }
    for member in value.members { Self.words(member.value, into: &words) }
    for element in value.elements { Self.words(element, into: &words) }
  }

  @Test("names every key and every word of the language")
  func completeness() {
    let schema = ConfigurationSchema.provider.json
    var known: Set<String> = []
    for part in ["steps", "parameters"] {
      if let definition = schema["definitions"]?[part] { Self.words(definition, into: &known) }
    }
    if let operations = schema["properties"]?["operations"] { Self.words(operations, into: &known) }
    #expect(known.count > 60)
    for word in known.sorted() { #expect(Self.guide.contains(word) as Bool, "the guide does not say '\(word)'") }
  }
}
