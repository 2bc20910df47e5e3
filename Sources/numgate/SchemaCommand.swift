import Configuration
import JSON

enum SchemaCommand: Command {
  static let name = "schema"
  static let summary = "print the JSON Schema of config.yaml, of provider files or of carriers' files"
  static let help = """
    usage: numgate schema config|provider|carrier

    For editors: the first line of a YAML file refers to its schema as '# yaml-language-server: $schema=PATH'. The
    folder schemas/ contains the schemas.
    """

  static func run(_ arguments: inout Arguments) throws(UsageError) -> Int32 {
    let word = arguments.word()
    try arguments.finish()
    guard let schema = word.flatMap(ConfigurationSchema.init) else {
      throw UsageError("the schema must be config, provider or carrier", command: name)
    }
    // Errors of the embedded files are found by the tests.
    let providers = (try? ProviderFolder.loadBuiltIn()) ?? []
    Terminal.print(schema.json(suggestingPagesOf: providers).indented())
    return 0
  }
}
