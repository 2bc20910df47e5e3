import ProviderConformance
import Testing

@testable import Configuration

@Suite("Notes on the teams' pages")
struct NotesTests {
  /// The shipped configuration with registered pages for accounts.
  private func load(_ pages: [String: String]) throws -> Configuration {
    var config = String(decoding: try #require(Repository.read(Files.config)), as: UTF8.self)
    for (account, list) in pages {
      config = config.replacing("\n  \(account):\n", with: "\n  \(account):\n    pages: \(list)\n")
    }
    var files = ["config.yaml": config]
    for name in try ConfigurationLoader.loadProviders(Files.providers).keys {
      files["providers/\(name).yaml"] = Repository.read(Files.providers + name + ".yaml").map {
        String(decoding: $0, as: UTF8.self)
      }
    }
    return try ConfigurationLoader.load("config.yaml", files: Files.memory(files))
  }

  @Test("An https page needs the vendor's referrer policy; this is no warning")
  func referrer() throws {
    let configuration = try load([
      "mobile-h5": "[\"http://a.example/\", \"https://a.example/login\", \"https://b.example/\"]",
      "aliyun-h5": "[\"https://a.example/login\"]",
    ])
    #expect(configuration.notes.count == 2)
    #expect(configuration.notes.first?.hasPrefix("accounts.aliyun-h5.pages: ") == true)
    #expect(configuration.notes.first?.contains("<meta name=\"referrer\" content=\"origin\">") == true)
    #expect(configuration.notes.last?.hasPrefix("accounts.mobile-h5.pages: ") == true)
    #expect(configuration.notes.last?.contains("<meta name=\"referrer\" content=\"always\">") == true)
    #expect(configuration.warnings == [])
  }

  @Test("Pages on http, accounts without pages and products for apps have no note")
  func others() throws {
    #expect(try load([:]).notes == [])
    #expect(
      try load(["mobile-h5": "[\"http://a.example/\"]", "mobile-app": "[\"https://a.example/\"]"]).notes == [])
  }
}
