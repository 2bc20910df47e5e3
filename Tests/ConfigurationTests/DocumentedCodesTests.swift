import Foundation
import JSON
import NumberAuth
import Testing

@testable import Configuration

/// `Documented/documented-codes.json` is extracted from the vendors' documents by `Documented/extract.py`.
@Suite("The documented codes")
struct DocumentedCodesTests {
  struct Code: Sendable, Hashable {
    let provider: String
    let place: FailureTable.Place
    let code: String
    let text: String
  }

  static let codes = Files.elements("Documented/documented-codes.json").compactMap { entry -> Code? in
    guard let provider = entry["provider"]?.string, let stage = entry["stage"]?.string.flatMap(Stage.init),
      let carrier = entry["carrier"]?.string, let code = entry["code"]?.string, let text = entry["text"]?.string,
      carrier == "any" || Carrier(rawValue: carrier) != nil
    else { return nil }
    return Code(
      provider: provider, place: .init(stage: stage, carrier: Carrier(rawValue: carrier)), code: code,
      text: plain(text))
  }

  /// Ignores white space and the difference between full-width and half-width characters.
  private static func plain(_ text: some StringProtocol) -> String {
    String(text).precomposedStringWithCompatibilityMapping.filter { !$0.isWhitespace }
  }

  /// The texts of an entry, which may combine several entries of a document.
  private static func texts(_ row: FailureTable.Row) -> Set<String> {
    Set(row.text.split(separator: "；").map { plain($0) })
  }

  private static func row(_ code: Code, _ providers: [String: ProviderFile]) -> FailureTable.Row? {
    providers[code.provider]?.table.entries.last { $0.place == code.place && $0.pattern == .code(code.code) }?.row
  }

  @Test("The list is complete")
  func count() {
    #expect(DocumentedCodesTests.codes.count == Files.elements("Documented/documented-codes.json").count)
    #expect(DocumentedCodesTests.codes.count >= 880)
  }

  @Test("Every documented code has an entry for its stage and carrier, with the vendor's text")
  func rows() throws {
    let providers = try ConfigurationLoader.loadProviders(Files.providers)
    for code in DocumentedCodesTests.codes {
      let row = try #require(DocumentedCodesTests.row(code, providers), "\(code)")
      #expect(DocumentedCodesTests.texts(row).contains(code.text), "\(code) is \(row.text)")
      // The look-up that the gateway uses.
      let found = providers[code.provider]?.table.row(code.code, stage: code.place.stage, carrier: code.place.carrier)
      #expect(found == row, "\(code)")
    }
  }

  @Test("All other entries name their source")
  func nothingElse() throws {
    let providers = try ConfigurationLoader.loadProviders(Files.providers)
    let bases = ["china-mobile-wechat": "china-mobile-h5"]
    for (name, file) in providers {
      // A file that extends another one also has the entries of its documents.
      let listed = Set(
        DocumentedCodesTests.codes.filter { $0.provider == name || $0.provider == bases[name] }
          .map { Code(provider: "", place: $0.place, code: $0.code, text: "") })
      for entry in file.table.entries where entry.row.source == nil {
        guard case .code(let code) = entry.pattern else {
          Issue.record("\(name): \(entry.pattern) names no source")
          continue
        }
        #expect(
          listed.contains(Code(provider: "", place: entry.place, code: code, text: "")),
          "\(name) \(entry.place) \(code)")
      }
    }
  }

  @Test("Only successes and verdicts of the vendor are certainly billed")
  func billed() throws {
    for (name, file) in try ConfigurationLoader.loadProviders(Files.providers) {
      for entry in file.table.entries {
        let isAtVendor = [.login, .verify].contains(entry.place.stage)
        if case .failure = entry.row.meaning {
          #expect(entry.row.billed != .yes, "\(name) \(entry.pattern)")
        }
        if !isAtVendor { #expect(entry.row.billed != .yes, "\(name) \(entry.pattern)") }
      }
    }
  }
}
