import Configuration
import JSON

enum SchemaCommand: Command {
  static let name = "schema"
  static let summary = "print the JSON Schema of config.yaml or of a provider's file"
  static let help = """
    usage: numgate schema config|provider

    For editors: the first line of a file names it as '# yaml-language-server: $schema=PATH'. schemas/ holds both.
    """

  static func run(_ arguments: inout Arguments) throws(UsageError) -> Int32 {
    let word = arguments.word()
    try arguments.finish()
    guard let schema = word.flatMap(ConfigurationSchema.init) else {
      throw UsageError("which one? config or provider", command: name)
    }
    Terminal.print(schema.json.indented())
    return 0
  }
}
