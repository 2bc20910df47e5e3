import JSON
import Testing

@testable import Configuration

/// The detection of changes between two configurations.
@Suite("The difference of two configurations")
struct ChangeTests {
  private let start: [String: String]

  init() throws {
    start = try Self.files("a provider that extends another one")
  }

  private static func files(_ name: String) throws -> [String: String] {
    Files.texts(try #require(CheckTests.cases.first { $0.description == name }).value["files"])
  }

  private func load(_ files: [String: String], environment: [String: String] = [:]) throws -> Configuration {
    try ConfigurationLoader.load("config.yaml", files: Files.memory(files, environment: environment))
  }

  private func edit(_ path: String, _ old: String, _ new: String) throws -> [String: String] {
    var files = start
    let text = try #require(files[path])
    try #require(text.contains(old))
    files[path] = text.replacing(old, with: new)
    return files
  }

  private func change(to files: [String: String]) throws -> ConfigurationChange {
    ConfigurationChange(from: try load(start).fingerprint, to: try load(files).fingerprint)
  }

  @Test("Positions, comments and line breaks are not a difference")
  func same() throws {
    #expect(try change(to: start).isEmpty)
    #expect(try change(to: edit("config.yaml", "teams:", "# a comment\n\nteams:")).isEmpty)
    #expect(
      try change(to: edit("providers/vendor.yaml", "app: [login, verify]", "app:\n    - login\n    - verify")).isEmpty)
  }

  @Test("A changed field is a change of its account")
  func account() throws {
    let change = try change(to: edit("config.yaml", "literal-secret", "literal-other"))
    #expect(change.accounts.changed == ["one"] && change.accounts.added.isEmpty && change.accounts.removed.isEmpty)
    #expect(change.providers.isEmpty && change.apps.isEmpty && change.teams.isEmpty)
  }

  @Test("A changed provider is a change of the providers that extend it and of their accounts")
  func provider() throws {
    let change = try change(to: edit("providers/vendor.yaml", "timeout: 3s", "timeout: 4s"))
    #expect(change.providers.changed == ["child", "vendor"])
    #expect(change.accounts.changed == ["one"])
    #expect(change.apps.isEmpty && change.teams.isEmpty)
    let child = try self.change(to: edit("providers/child.yaml", "test.example.com", "other.example.com"))
    #expect(child.providers.changed == ["child"])
  }

  @Test("Added and removed entries are listed in order")
  func addedAndRemoved() throws {
    var files = start
    files["providers/added.yaml"] = start["providers/vendor.yaml"]
    files["providers/also.yaml"] = start["providers/vendor.yaml"]
    let added = try change(to: files)
    #expect(added.providers.added == ["added", "also"] && added.providers.removed.isEmpty)
    let removed = ConfigurationChange(from: try load(files).fingerprint, to: try load(start).fingerprint)
    #expect(removed.providers.removed == ["added", "also"] && removed.providers.added.isEmpty)
  }

  @Test("A changed secret in a file or variable is a change of its account and is not visible")
  func secrets() throws {
    let fixture = try #require(
      CheckTests.cases.first { $0.description == "secrets from the environment and from a file" }
    ).value
    let files = Files.texts(fixture["files"])
    let environment = Files.texts(fixture["environment"])
    let old = try load(files, environment: environment)
    var replaced = files
    replaced["secrets/key"] = "another secret"
    let new = try load(replaced, environment: environment)
    #expect(ConfigurationChange(from: old.fingerprint, to: new.fingerprint).accounts.changed == ["one"])
    let otherVariable = try load(files, environment: environment.mapValues { _ in "another value" })
    #expect(ConfigurationChange(from: old.fingerprint, to: otherVariable.fingerprint).accounts.changed == ["one"])
    #expect(!String(describing: new.fingerprint).contains("another secret"))
  }

  @Test("Changed server settings are listed by their paths")
  func server() throws {
    let old = try load(start).fingerprint
    let new = try load(edit("config.yaml", "  listen: 127.0.0.1:8080", "  listen: 127.0.0.1:9\n  limits: {body: 1KiB}"))
      .fingerprint
    #expect(new.serverKeys(differingFrom: old) == ["server.limits.body", "server.listen"])
    #expect(old.serverKeys(differingFrom: new) == ["server.limits.body", "server.listen"])
    #expect(old.serverKeys(differingFrom: old).isEmpty)
    #expect(ConfigurationChange(from: old, to: new).isEmpty)
  }

  @Test("New content in the files of authorities and session key is detected; only authorities require a restart")
  func serverFiles() throws {
    var files = try edit(
      "config.yaml", "  listen:", "  sessionKey: ${file:key}\n  vendors: {authorities: ca.pem}\n  listen:")
    files["key"] = String(repeating: "k", count: 32)
    files["ca.pem"] = "old"
    let old = try load(files).fingerprint
    files["key"] = String(repeating: "l", count: 32)
    let rotated = try load(files).fingerprint
    #expect(rotated.serverKeys(differingFrom: old).isEmpty)
    #expect(ConfigurationChange(from: old, to: rotated).changesSessionKeys)
    files["ca.pem"] = "new"
    #expect(try load(files).fingerprint.serverKeys(differingFrom: old) == ["server.vendors.authorities"])
  }

  @Test("Another proxy in its file is detected and requires a restart")
  func proxy() throws {
    var files = try edit("config.yaml", "  listen:", "  vendors: {proxy: \"${file:proxy}\"}\n  listen:")
    files["proxy"] = "http://egress:hunter2@proxy.example.com:3128\n"
    let old = try load(files)
    #expect(!"\(old.server)".contains("hunter2"))
    files["proxy"] = "http://egress:hunter3@proxy.example.com:3128\n"
    let new = try load(files).fingerprint
    #expect(new.serverKeys(differingFrom: old.fingerprint) == ["server.vendors.proxy"])
    #expect(ConfigurationChange(from: old.fingerprint, to: new).isEmpty)
  }
}

extension ConfigurationChange {
  fileprivate var isEmpty: Bool { providers.isEmpty && accounts.isEmpty && apps.isEmpty && teams.isEmpty }
}
