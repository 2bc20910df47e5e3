import Configuration
import JSON
import ProviderTools
import Testing

@Suite("The guide docs/adding-a-provider.md")
struct GuideTests {
  private static let root = #filePath.split(separator: "/").dropLast(3).reduce("") { $0 + "/" + $1 }
  private static let guide = String(
    decoding: FileSystem.machine.read(root + "/docs/adding-a-provider.md") ?? [], as: UTF8.self)

  /// All keys and enumeration values of a schema.
  private static func words(_ value: JSONValue, into words: inout Set<String>) {
    for member in value["properties"]?.members ?? [] { words.insert(member.key) }
    for word in value["enum"]?.elements ?? [] { if let text = word.string { words.insert(text) } }
    for member in value.members { Self.words(member.value, into: &words) }
    for element in value.elements { Self.words(element, into: &words) }
  }

  @Test("contains every key and every enumeration value of the language")
  func completeness() {
    let schema = ConfigurationSchema.provider.json
    var known: Set<String> = []
    for part in ["steps", "parameters", "pageOption"] {
      if let definition = schema["definitions"]?[part] { Self.words(definition, into: &known) }
    }
    if let operations = schema["properties"]?["operations"] { Self.words(operations, into: &known) }
    #expect(known.count > 60)
    for word in known.sorted() { #expect(Self.guide.contains(word) as Bool, "the guide does not contain '\(word)'") }
  }

  /// The guide's YAML examples, in order.
  private static var examples: [String] {
    guide.split(separator: "```yaml\n", omittingEmptySubsequences: false).dropFirst()
      .map { String($0.prefix(upTo: $0.firstRange(of: "```")?.lowerBound ?? $0.endIndex)) }
  }

  @Test("has an example of page options that passes the check of a provider file")
  func pageOptions() throws {
    let pages = try #require(Self.examples.first { $0.hasPrefix("pages:\n") })
    var files = FileSystem.machine
    files.read = { path in
      FileSystem.machine.read(path).map { path.contains("/carriers/") ? $0 : $0 + Array(("\n" + pages).utf8) }
    }
    let (file, _) = try ConfigurationLoader.loadProvider(Self.root + "/providers/getui.yaml", files: files)
    #expect(file.pages.keys.sorted() == ["1", "2"])
  }

  @Test("describes a file that passes the check and the fixture of the guide")
  func workedExample() throws {
    let examples = Self.examples
    try #require(examples.count >= 5)
    let (head, wire, answer, failures, fixture) = (examples[0], examples[1], examples[2], examples[3], examples[4])
    // The later `answer` and `failures` replace those of the first version.
    let request = try #require(wire.firstRange(of: "    answer:")).lowerBound
    let text = head + "\n" + wire[..<request] + answer + "\n" + failures
    var files = FileSystem.machine
    files.read = { path in
      path.hasSuffix("flash.yaml") ? Array(text.utf8) : path.hasSuffix("login.yaml") ? Array(fixture.utf8) : nil
    }
    files.list = { _ in ["login.yaml"] }
    let (file, warnings) = try ConfigurationLoader.loadProvider("providers/flash.yaml", files: files)
    #expect(warnings.map(\.message).allSatisfy { $0.hasPrefix("unconfirmed: ") })
    let run = FixtureRun(file, ["tests/flash"], files: files)
    #expect(run.isGood, "\(run.lines)")
    #expect(
      run.lines == [
        "ok   tests/flash/login.yaml: trades a token for the number (3 answers)", "1 fixture, all as expected",
      ])
    for line in run.lines { #expect(Self.guide.contains(line) as Bool) }
  }

  /// An invented vendor, whose provider file was written from its document and the guide only. Signatures, digests and
  /// the ciphertext were computed with Python.
  @Test("is sufficient for a vendor that signs its body in headers")
  func newcomersVendor() throws {
    let folder = Self.root + "/Tests/ProviderToolsTests/Lianxin/"
    let (file, warnings) = try ConfigurationLoader.loadProvider(folder + "lianxin.yaml")
    #expect(warnings.count == 1)
    let run = FixtureRun(file, [folder + "login.yaml", folder + "verify.yaml"])
    #expect(run.isGood, "\(run.lines)")
  }
}
