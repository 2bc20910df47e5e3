public import JSON
import Schema

/// The files' form as JSON Schemas for editors, made from the description that `check` uses.
public enum ConfigurationSchema: String, Sendable, CaseIterable {
  case config, provider

  public var json: JSONValue {
    switch self {
    case .config: ConfigurationFile.shape.jsonSchema(title: "Numgate's config.yaml")
    case .provider: ProviderFile.shape.jsonSchema(title: "A provider's file of Numgate", extends: "extends")
    }
  }
}
