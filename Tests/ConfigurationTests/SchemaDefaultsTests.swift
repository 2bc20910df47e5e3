import JSON
import Networking
import Testing

@testable import Configuration

/// Editors and `docs/configuration.md` show the defaults that the schema contains.
@Suite("The schema of config.yaml")
struct SchemaDefaultsTests {
  private let properties = ConfigurationSchema.config.json["properties"]

  @Test("contains the defaults of the server settings")
  func server() throws {
    let lines = defaults(of: properties?["server"], indent: "  ")
    #expect(lines.split(separator: "\n").count == 27)
    let given = try load(lines, after: "  listen: 127.0.0.1:8080\n").server
    let absent = try load("", after: "").server
    #expect(given.sessionLife == absent.sessionLife)
    #expect(given.drain == absent.drain && given.drainDelay == absent.drainDelay)
    #expect(given.breaker == absent.breaker)
    #expect(given.http.limits == absent.http.limits && given.http.connections == absent.http.connections)
    #expect(given.http.headerTimeout == absent.http.headerTimeout && given.http.bodyTimeout == absent.http.bodyTimeout)
    #expect(given.http.idleTimeout == absent.http.idleTimeout && given.http.writeTimeout == absent.http.writeTimeout)
    #expect(given.vendors.connectTimeout == absent.vendors.connectTimeout)
    #expect(given.vendors.idleTimeout == absent.vendors.idleTimeout)
    #expect(given.vendors.connectionAge == absent.vendors.connectionAge)
    #expect(given.vendors.limits == absent.vendors.limits)
  }

  @Test("contains the defaults of an account's limits")
  func limits() throws {
    let lines = defaults(of: properties?["accounts"]?["additionalProperties"], indent: "    ")
    #expect(lines.split(separator: "\n").count == 4)
    let given = try load(lines, after: "    provider: vendor\n").accounts["one"]
    let absent = try load("", after: "").accounts["one"]
    #expect(given != nil && given?.limits == absent?.limits)
  }

  /// The smallest configuration with further lines.
  private func load(_ lines: String, after place: String) throws -> Configuration {
    let fixture = try #require(CheckTests.cases.first { $0.description == "the smallest configuration" }).value
    var files = Files.texts(fixture["files"])
    if !lines.isEmpty { files["config.yaml"] = files["config.yaml"]?.replacing(place, with: place + lines) }
    return try ConfigurationLoader.load("config.yaml", files: Files.memory(files))
  }

  /// The keys that have a default, as YAML. Without TLS, which needs files.
  private func defaults(of object: JSONValue?, indent: String) -> String {
    var text = ""
    for (name, schema) in object?["properties"]?.members ?? [] where name != "tls" {
      if let value = schema["default"]?.text {
        text += "\(indent)\(name): \(value)\n"
      } else {
        let inner = defaults(of: schema, indent: indent + "  ")
        if !inner.isEmpty { text += "\(indent)\(name):\n\(inner)" }
      }
    }
    return text
  }
}
