import JSON
import Schema
import Testing

@testable import Configuration

/// `Fixtures/checks.json`: small configurations, right and wrong.
@Suite("A configuration's check")
struct CheckTests {
  static let cases = Files.elements("Fixtures/checks.json").map {
    Named(description: $0["name"]?.string ?? "", value: $0)
  }

  @Test("has its fixtures")
  func count() { #expect(CheckTests.cases.count >= 140) }

  @Test("says everything that is wrong, where it is wrong, in order", arguments: cases)
  func check(_ fixture: Named) throws {
    let files = Files.memory(
      Files.texts(fixture.value["files"]), environment: Files.texts(fixture.value["environment"]))
    let errors = fixture.value["errors"]?.elements ?? []
    do throws(ConfigurationError) {
      let configuration = try ConfigurationLoader.load("config.yaml", files: files)
      expect(configuration.warnings, fixture.value["warnings"]?.elements ?? [], .warning)
      #expect(errors.isEmpty, "no error is found")
    } catch {
      expect(error.diagnostics, errors, .error)
      #expect(error.description == error.diagnostics.map(\.description).joined(separator: "\n"))
    }
  }

  private func expect(_ found: [Diagnostic], _ wanted: [JSONValue], _ severity: Diagnostic.Severity) {
    let places = found.map { "\($0.file):\($0.mark.line):\($0.mark.column)" }
    #expect(places == wanted.map { $0["place"]?.string ?? "" }, "\(found.map(\.description))")
    for (diagnostic, wanted) in zip(found, wanted) {
      for says in wanted["says"]?.elements ?? [] {
        #expect(diagnostic.message.contains(says.string ?? "-"), "\(diagnostic)")
      }
      #expect(diagnostic.severity == severity)
      let warning = severity == .warning ? "warning: " : ""
      #expect(diagnostic.description == (wanted["place"]?.string ?? "") + ": " + warning + diagnostic.message)
      // A secret put into the wrong place is not shown.
      #expect(!diagnostic.message.contains("literal-") && !diagnostic.message.contains("MIIC"))
    }
  }
}
