import Configuration

enum CheckCommand: Command {
  static let name = "check"
  static let summary = "hold config.yaml and providers/ against each other"
  static let help = """
    usage: numgate check [--config config.yaml] [--providers FOLDER]

    Reads the configuration and the provider files beside it and prints everything that is wrong, one line each, as
    file:line:column: message. Silent and 0 when all is well; 1 otherwise. A warning alone does not make it 1.
    """

  static func run(_ arguments: inout Arguments) throws(UsageError) -> Int32 {
    let files = try ConfigurationFiles(&arguments)
    try arguments.finish()
    return files.load() == nil ? 1 : 0
  }
}
