public import JSON
import Schema

/// JSON Schemas of the files for editors, generated from the shapes that `check` uses.
public enum ConfigurationSchema: String, Sendable, CaseIterable {
  case config, provider

  /// The schema, in JSON Schema draft-07.
  public var json: JSONValue {
    switch self {
    case .config: ConfigurationFile.shape.jsonSchema(title: "Numgate configuration (config.yaml)")
    case .provider: ProviderFile.shape.jsonSchema(title: "Numgate provider file", extends: "extends")
    }
  }
}
