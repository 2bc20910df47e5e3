import Configuration

enum CheckCommand: Command {
  static let name = "check"
  static let summary = "check config.yaml and the provider files"
  static let help = """
    usage: numgate check [--config config.yaml] [--providers FOLDER]

    Reads the configuration and the provider files beside it and prints everything that is wrong, one line each, as
    file:line:column: message. Prints nothing and exits with 0 if there is no error; 1 otherwise. Warnings do not change it.
    """

  static func run(_ arguments: inout Arguments) throws(UsageError) -> Int32 {
    let files = try ConfigurationFiles(&arguments)
    try arguments.finish()
    return files.load() == nil ? 1 : 0
  }
}
