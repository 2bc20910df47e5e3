import JSON
import ProviderConformance
import Testing

/// A list that `Fixtures/make_fixtures.py` has written. Empty if it cannot be read, which `FixtureTests` reports.
func fixtures(_ name: String) -> [JSONValue] {
  guard let bytes = Repository.read(Repository.folder(of: #filePath) + "Fixtures/" + name) else { return [] }
  return (try? JSONValue.parse(bytes).elements) ?? []
}

@Suite("Fixtures")
struct FixtureTests {
  @Test("The fixtures are complete", arguments: [("times.json", 600), ("reasons.json", 42), ("reports.json", 90)])
  func count(_ name: String, _ least: Int) { #expect(fixtures(name).count >= least) }
}
