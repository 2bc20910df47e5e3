import JSON
import NumberAuth
import ProviderConformance
import Testing

@testable import Configuration

/// Error reports of the vendors' SDKs, as apps log them, in `Fixtures/reports.json`. Most are reports that developers
/// published, with other numbers and ids.
@Suite("Reports of the SDKs") struct ReportTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let content: JSONValue
    var testDescription: String { text("name") ?? "" }
    func text(_ name: String) -> String? { content[name]?.string }
  }

  private static let cases: [Case] = {
    let folder = #filePath.split(separator: "/").dropLast().reduce("") { $0 + "/" + $1 }
    guard let bytes = FileSystem.machine.read(folder + "/Fixtures/reports.json"),
      let list = try? JSONValue.parse(bytes)
    else { return [] }
    return list.elements.map(Case.init)
  }()

  private static let providers = Result { try ConfigurationLoader.loadProviders(Files.providers) }

  private func failure(_ report: Case, provider: String) throws -> Failure {
    let table = try #require(try ReportTests.providers.get()[provider]).table
    let channel = try #require(report.text("channel").flatMap(Channel.init))
    let content = try #require(report.content["report"])
    return try table.failure(from: FailureReport(content, form: table.forms[channel]), channel: channel)
  }

  @Test("are one failure with the carrier's code", arguments: cases)
  func reports(_ report: Case) throws {
    let provider = try #require(report.text("provider"))
    if let words = report.text("refused") {
      let refusal = #expect(throws: Failure.self) { try failure(report, provider: provider) }
      #expect(refusal?.detail?.contains(words) == true)
      return
    }
    let found = try failure(report, provider: provider)
    #expect(found.reason.rawValue == report.text("reason"))
    if let advice = report.text("advice") { #expect(found.advice.rawValue == advice) }
    if let carrier = report.text("carrier") { #expect(found.carrier?.rawValue == carrier) }
    if let message = report.text("message") { #expect(found.vendor?.message == message) }
    if let branches = report.content["branches"] {
      #expect(
        found.branches.map { "\($0.carrier?.rawValue ?? "?") \($0.vendor?.code ?? "")" }
          == branches.elements.compactMap(\.string))
    }
  }

  @Test("are in the fixtures") func fixtures() { #expect(ReportTests.cases.count > 20) }
}
