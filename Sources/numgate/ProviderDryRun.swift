import Configuration
import Networking
import NumberAuth
import ProviderTools

/// The command `numgate provider try`: parses its options and performs a dry run.
enum ProviderDryRun {
  static func run(_ arguments: inout Arguments) throws(UsageError) -> Int32 {
    guard let operation = try arguments.option("--operation") else {
      throw UsageError("--operation is missing", command: ProviderCommand.name)
    }
    let channel = try arguments.word("--channel", as: Channel.self)
    let account = try arguments.option("--account")
    let config = try arguments.option("--config") ?? "config.yaml"
    let fields = try pairs("--field", &arguments)
    let inputs = try pairs("--input", &arguments)
    let credentials = try pairs("--credential", &arguments)
    let at = try time(&arguments)
    let nonce = try nonce(&arguments)
    let answerPath = try arguments.option("--answer")
    let status = try status(&arguments)
    let isRevealed = arguments.flag("--reveal")
    let path = try ProviderCommand.file(&arguments)
    try arguments.finish()

    guard let (file, _) = ProviderCommand.load(path) else { return 1 }
    let subjects = DryRun.subjects(of: file)
    guard let subject = subjects.first(where: { $0.name == operation }) else {
      throw UsageError(
        "--operation must be one of " + subjects.map(\.name).joined(separator: ", "), command: ProviderCommand.name)
    }
    guard let (settings, origin) = settings(file, account: account, config: config, fields) else { return 1 }
    var answer: DryRun.Answer?
    if let answerPath {
      guard let body = FileSystem.machine.read(answerPath) else {
        Terminal.error("\(answerPath): cannot be read")
        return 1
      }
      answer = DryRun.Answer(status: status, body: body)
    }
    let context = CallContext(
      now: at ?? Clock.now, nonce: nonce ?? DryRun.randomNonce(),
      credentials: Dictionary(uniqueKeysWithValues: credentials.map { ($0.name, Secret($0.value)) }))
    let dryRun = DryRun(file, settings, at: origin, context, isRevealed: isRevealed)
    do throws(DryRun.Fault) {
      let (lines, isGood) = try dryRun.run(subject, on: channel ?? defaultChannel(file, subject), inputs, answer)
      Terminal.print(lines.joined(separator: "\n"))
      return isGood ? 0 : 1
    } catch {
      Terminal.error("\(path): \(error.message)")
      return 1
    }
  }

  /// The first channel that serves the operation.
  private static func defaultChannel(_ file: ProviderFile, _ subject: DryRun.Subject) -> Channel {
    let operation: Operation? = subject == .login ? .login : subject == .verify ? .verify : nil
    return Channel.allCases.first { channel in
      file.serves[channel].map { operations in operation.map(operations.contains) ?? true } ?? false
    } ?? .app
  }

  /// The account's settings and endpoint, or nil after all errors have been printed.
  private static func settings(
    _ file: ProviderFile, account: String?, config: String, _ fields: [(name: String, value: String)]
  ) -> (AccountSettings, HTTPOrigin)? {
    var values: [String: Secret] = [:]
    var origin = file.endpoint
    if let account {
      do throws(ConfigurationError) {
        let (settings, endpoint) = try ConfigurationLoader.loadAccount(account, of: config, for: file)
        for field in file.accountFields { values[field.name] = settings.field(field.name) }
        origin = endpoint
      } catch {
        for diagnostic in error.diagnostics { Terminal.error(diagnostic.description) }
        return nil
      }
    }
    var isGood = true
    for (name, value) in fields {
      guard let field = file.accountFields.first(where: { $0.name == name }) else {
        Terminal.error(
          "'\(file.name)' has no account field '\(name)'; known: "
            + file.accountFields.map(\.name).joined(separator: ", "))
        isGood = false
        continue
      }
      if field.isRequired, value.isEmpty {
        Terminal.error("'\(name)' is empty")
        isGood = false
      } else if let expectation = field.expectation(unmetBy: value) {
        Terminal.error("'\(name)' must be \(expectation)")
        isGood = false
      }
      values[name] = Secret(value)
    }
    for field in file.accountFields where field.isRequired && values[field.name] == nil {
      Terminal.error(
        "'\(field.name)' is missing; use --field \(field.name)=…, or --account NAME for an account of config.yaml")
      isGood = false
    }
    guard isGood else { return nil }
    return (file.settings(account: account ?? "dry-run", authority: origin.authority, fields: values), origin)
  }

  // MARK: Options

  /// The values of a repeatable option `NAME=VALUE`. `NAME=@FILE` reads the value from a file.
  private static func pairs(
    _ option: String, _ arguments: inout Arguments
  ) throws(UsageError) -> [(name: String, value: String)] {
    var pairs: [(name: String, value: String)] = []
    for text in try arguments.options(option) {
      guard let equals = text.firstIndex(of: "="), equals != text.startIndex else {
        throw UsageError("\(option) must be NAME=VALUE", command: ProviderCommand.name)
      }
      let name = String(text[..<equals])
      var value = String(text[text.index(after: equals)...])
      if value.hasPrefix("@") {
        guard let bytes = FileSystem.machine.read(String(value.dropFirst())),
          let content = String(validating: bytes, as: UTF8.self)
        else {
          throw UsageError("\(option) \(name): the file cannot be read as UTF-8 text", command: ProviderCommand.name)
        }
        value = String(content.reversed().drop(while: \.isNewline).reversed())
      }
      if pairs.contains(where: { $0.name == name }) {
        throw UsageError("\(option) \(name) must not be repeated", command: ProviderCommand.name)
      }
      pairs.append((name, value))
    }
    return pairs
  }

  private static func time(_ arguments: inout Arguments) throws(UsageError) -> WallTime? {
    guard let text = try arguments.option("--at") else { return nil }
    guard let time = WallTime(vendorsText: text) else {
      throw UsageError(
        "--at must be a time such as 2024-01-02T03:04:05Z, 20240102110405 (14 or 17 digits: China time), or 10 or 13 "
          + "digits of seconds or milliseconds since 1970", command: ProviderCommand.name)
    }
    return time
  }

  private static func nonce(_ arguments: inout Arguments) throws(UsageError) -> String? {
    guard let text = try arguments.option("--nonce") else { return nil }
    guard text.utf8.count == 32, text.allSatisfy({ $0.isHexDigit && !$0.isUppercase && $0.isASCII }) else {
      throw UsageError("--nonce must be 32 lower-case hexadecimal digits", command: ProviderCommand.name)
    }
    return text
  }

  private static func status(_ arguments: inout Arguments) throws(UsageError) -> Int {
    guard let text = try arguments.option("--status") else { return 200 }
    guard let status = Int(text), (100...599).contains(status) else {
      throw UsageError("--status must be an HTTP status from 100 to 599", command: ProviderCommand.name)
    }
    return status
  }
}
