import Glibc

/// The command-line tool. Exit codes: 0 success, 1 failure or results, 2 invalid command line.
@main
enum Numgate {
  static let version = "0.1.0"

  static func main() {
    Process.holdStandardDescriptors()
    var arguments = Arguments(CommandLine.arguments.dropFirst())
    do throws(UsageError) {
      exit(try Numgate.run(&arguments))
    } catch {
      Terminal.error("numgate: \(error.message)")
      Terminal.error("Try 'numgate \(error.command.map { $0 + " " } ?? "")--help'.")
      exit(2)
    }
  }

  private static func run(_ arguments: inout Arguments) throws(UsageError) -> Int32 {
    guard let name = arguments.next() else {
      Terminal.error(help)
      return 2
    }
    switch name {
    case "--help", "-h", "help":
      Terminal.print(help)
      return 0
    case "--version", "version":
      Terminal.print("numgate \(version)")
      return 0
    default:
      break
    }
    guard let command = commands.first(where: { $0.name == name }) else {
      let near = commands.map(\.name).filter { $0.hasPrefix(name.prefix(3)) }.first
      throw UsageError("there is no command '\(name)'" + (near.map { "; did you mean '\($0)'?" } ?? ""))
    }
    if arguments.contains("--help") || arguments.contains("-h") {
      Terminal.print(command.help)
      return 0
    }
    if arguments.contains("--version") {
      Terminal.print("numgate \(version)")
      return 0
    }
    arguments.command = name
    return try command.run(&arguments)
  }

  private static let commands = [
    Entry(ServeCommand.self), Entry(SandboxCommand.self), Entry(DemoCommand.self), Entry(CheckCommand.self),
    Entry(DoctorCommand.self), Entry(RouteCommand.self), Entry(ExplainCommand.self), Entry(ProviderCommand.self),
    Entry(UsageCommand.self), Entry(ReconcileCommand.self), Entry(AuthPageCommand.self), Entry(SchemaCommand.self),
  ]

  /// The members of a command as values, because the compiler does not support typed throws through `any Command.Type`.
  private struct Entry: Sendable {
    let name: String
    let summary: String
    let help: String
    let run: @Sendable (inout Arguments) throws(UsageError) -> Int32

    init<Kind: Command>(_ kind: Kind.Type) {
      name = Kind.name
      summary = Kind.summary
      help = Kind.help
      run = { (arguments: inout Arguments) throws(UsageError) in try Kind.run(&arguments) }
    }
  }

  static var help: String {
    let width = commands.map(\.name.count).max() ?? 0
    let list = commands.map {
      "  " + $0.name + String(repeating: " ", count: width - $0.name.count + 3) + $0.summary
    }
    return """
      numgate \(version): one internal endpoint for phone-number authentication by SIM.

      usage: numgate <command> [options]

      \(list.joined(separator: "\n"))

      'numgate <command> --help' prints the options of a command, 'numgate --version' the version.
      """
  }
}

protocol Command: SendableMetatype {
  static var name: String { get }
  static var summary: String { get }
  static var help: String { get }
  /// Returns the exit code. Throws if the command line is invalid.
  static func run(_ arguments: inout Arguments) throws(UsageError) -> Int32
}

/// An invalid command line.
struct UsageError: Error {
  let message: String
  var command: String?

  init(_ message: String, command: String? = nil) {
    self.message = message
    self.command = command
  }
}
