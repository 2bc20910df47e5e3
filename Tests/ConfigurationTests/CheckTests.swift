import JSON
import Schema
import Testing

@testable import Configuration

/// `Fixtures/checks.json`: small configurations, valid and invalid.
@Suite("The check of a configuration")
struct CheckTests {
  static let cases = Files.elements("Fixtures/checks.json").map {
    Named(description: $0["name"]?.string ?? "", value: $0)
  }

  @Test("The fixtures are complete")
  func count() { #expect(CheckTests.cases.count >= 140) }

  @Test("All errors are reported in order, with their positions", arguments: cases)
  func check(_ fixture: Named) throws {
    let files = Files.memory(
      Files.texts(fixture.value["files"]), environment: Files.texts(fixture.value["environment"]))
    let errors = fixture.value["errors"]?.elements ?? []
    do throws(ConfigurationError) {
      let configuration = try ConfigurationLoader.load("config.yaml", files: files)
      expect(configuration.warnings, fixture.value["warnings"]?.elements ?? [], .warning)
      #expect(errors.isEmpty, "no error was reported")
    } catch {
      expect(error.diagnostics, errors, .error)
      #expect(error.description == error.diagnostics.map(\.description).joined(separator: "\n"))
    }
  }

  private func expect(_ found: [Diagnostic], _ wanted: [JSONValue], _ severity: Diagnostic.Severity) {
    let places = found.map { "\($0.file):\($0.mark.line):\($0.mark.column)" }
    #expect(places == wanted.map { $0["place"]?.string ?? "" }, "\(found.map(\.description))")
    for (diagnostic, wanted) in zip(found, wanted) {
      for part in wanted["contains"]?.elements ?? [] {
        #expect(diagnostic.message.contains(part.string ?? "-"), "\(diagnostic)")
      }
      #expect(diagnostic.severity == severity)
      let warning = severity == .warning ? "warning: " : ""
      #expect(diagnostic.description == (wanted["place"]?.string ?? "") + ": " + warning + diagnostic.message)
      // A secret in the wrong place is not shown.
      #expect(!diagnostic.message.contains("literal-") && !diagnostic.message.contains("MIIC"))
    }
  }
}
