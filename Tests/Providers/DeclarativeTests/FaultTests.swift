import Configuration
import JSON
import ProviderConformance
import Schema
import Testing

/// `Faults/faults.json`: faulty provider files and the exact list of expected messages.
@Suite("Errors in provider files")
struct FaultTests {
  struct Case: Sendable, CustomStringConvertible {
    let description: String
    let value: JSONValue
  }

  static let cases: [Case] = {
    let path = Repository.folder(of: #filePath) + "Faults/faults.json"
    let elements = Repository.read(path).flatMap { try? JSONValue.parse($0).elements } ?? []
    return elements.map { Case(description: $0["name"]?.string ?? "", value: $0) }
  }()

  @Test("have fixtures")
  func count() { #expect(FaultTests.cases.count >= 110) }

  @Test("are all reported, with place and message", arguments: cases)
  func faults(_ fault: Case) {
    let files = MemoryFiles.system(fault.value["files"])
    let errors = FaultTests.lines(fault.value["errors"])
    do throws(ConfigurationError) {
      let configuration = try ConfigurationLoader.load("config.yaml", files: files)
      #expect(errors == [])
      #expect(
        configuration.warnings.map(\.description) == FaultTests.lines(fault.value["warnings"], severity: "warning: "))
    } catch {
      #expect(error.diagnostics.map(\.description) == errors)
    }
  }

  private static func lines(_ value: JSONValue?, severity: String = "") -> [String] {
    (value?.elements ?? []).map { ($0["place"]?.string ?? "") + ": " + severity + ($0["message"]?.string ?? "") }
  }
}
