import Configuration

enum CheckCommand: Command {
  static let name = "check"
  static let summary = "validate config.yaml and the provider files"
  static let help = """
    usage: numgate check [--config config.yaml] [--providers FOLDER]

    Validates the configuration and the provider files. Prints every error and warning on one line, as
    file:line:column: message. Exit code 1 if there is an error, otherwise 0: warnings do not change the exit code.
    """

  static func run(_ arguments: inout Arguments) throws(UsageError) -> Int32 {
    let files = try ConfigurationFiles(&arguments)
    try arguments.finish()
    return files.load() == nil ? 1 : 0
  }
}
