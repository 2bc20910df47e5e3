public import JSON
import Schema

/// JSON Schemas of the files for editors, generated from the shapes that `check` uses.
public enum ConfigurationSchema: String, Sendable, CaseIterable {
  case config, provider, carrier

  /// The schema, in JSON Schema draft-07.
  public var json: JSONValue { json(suggestingPagesOf: []) }

  /// - Parameter providers: the schema of `config.yaml` contains the options of their page types as suggestions.
  public func json(suggestingPagesOf providers: some Sequence<ProviderFile>) -> JSONValue {
    switch self {
    case .config:
      ConfigurationFile.shape(suggesting: Self.suggestions(for: providers))
        .jsonSchema(title: "Numgate configuration (config.yaml)")
    case .carrier: CarrierFile.shape.jsonSchema(title: "Numgate carrier file")
    case .provider: ProviderFile.shape.jsonSchema(title: "Numgate provider file", extends: "extends")
    }
  }

  private static func suggestions(for providers: some Sequence<ProviderFile>) -> [Shape.Suggestion] {
    providers.sorted { $0.name < $1.name }.flatMap { file in
      file.pages.sorted { $0.key < $1.key }.compactMap { page in
        page.value.options.map { .init(ifKey: "type", is: page.key, member: "options", $0) }
      }
    }
  }
}
