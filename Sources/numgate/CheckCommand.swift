import Configuration

enum CheckCommand: Command {
  static let name = "check"
  static let summary = "validate config.yaml and the provider files"
  static let help = """
    usage: numgate check [--config config.yaml] [--providers FOLDER]

    Validates the configuration and the provider files. Prints every error and warning on one line, as
    file:line:column: message. Exit code 1 if there is an error, otherwise 0: warnings do not change the exit code.
    A line that begins with "note:" is a requirement of a vendor on your pages, which numgate cannot check.
    """

  static func run(_ arguments: inout Arguments) throws(UsageError) -> Int32 {
    let files = try ConfigurationFiles(&arguments)
    try arguments.finish()
    guard let configuration = files.load() else { return 1 }
    for note in configuration.notes { Terminal.error("note: " + note) }
    return 0
  }
}
