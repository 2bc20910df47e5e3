import Configuration
import NumberAuth
import ProviderTools
import Schema

enum ProviderCommand: Command {
  static let name = "provider"
  static let summary = "create, validate, try and test a provider file; list all of them"
  static let help = """
    usage: numgate provider new NAME [--folder providers]
                                [--from FILE [--answer FILE] [--operation login|verify]]
           numgate provider check FILE
           numgate provider try FILE --operation prepare|sign|login|verify|CREDENTIAL [--channel CHANNEL]
                                [--account NAME] [--config config.yaml] [--field NAME=VALUE]... --input NAME=VALUE...
                                [--credential NAME=VALUE]... [--at TIME] [--nonce NONCE] [--answer FILE] [--status 200] [--reveal]
           numgate provider test FILE FIXTURE...
           numgate provider list [--providers FOLDER]

    new creates a commented template that passes the check. With --from, the file is started from a curl command, as
    in a vendor's document or copied from a browser for bash, and --answer from a response in JSON: values of tokens,
    keys and phone numbers are replaced by references, and every guess has a comment. check prints every error and warning on one line, as
    file:line:column: message. Exit code 1 if there is an error.

    try performs one call without sending it. It prints the value of each step, the request byte for byte, and with
    --answer the result of reading that response. The account's fields are read from config.yaml or from --field; a
    value @FILE is read from a file. Inputs are token, phoneNumber, carrier (YD, CT, CU), userInformation, clientIp,
    pageUrl and the inputs that the file declares. CREDENTIAL is a credential that the file declares: try performs the
    request that fetches it. TIME is milliseconds since 1970 or 2024-01-02T03:04:05Z, NONCE is 32 hexadecimal digits.
    Keys, tokens, numbers and values computed from them are printed as ~name~ unless --reveal is given. Exit code 1 if
    the response results in a failure.

    test runs fixtures (files, or folders of files) against the file: the request must match byte for byte, and every
    response must have the result that the fixture expects. Exit code 1 if a fixture fails. See
    docs/adding-a-provider.md.

    list prints a table of products, channels, operations and states.
    """

  static func run(_ arguments: inout Arguments) throws(UsageError) -> Int32 {
    switch arguments.word() {
    case "new": return try new(&arguments)
    case "check": return try check(&arguments)
    case "try": return try ProviderDryRun.run(&arguments)
    case "test": return try test(&arguments)
    case "list": return try list(&arguments)
    case let word?:
      throw UsageError("there is no command 'provider \(word)'; known: new, check, try, test, list", command: name)
    case nil: throw UsageError("a command is missing: new, check, try, test or list", command: name)
    }
  }

  private static func new(_ arguments: inout Arguments) throws(UsageError) -> Int32 {
    let folder = try arguments.option("--folder") ?? "providers"
    let samples = try (curl: arguments.option("--from"), answer: arguments.option("--answer"))
    let operation = try arguments.word("--operation", as: Operation.self)
    let word = arguments.word()
    try arguments.finish()
    guard let word else { throw UsageError("NAME is missing", command: name) }
    guard !word.hasSuffix(".yaml") else {
      throw UsageError("NAME must not end in '.yaml'; use: numgate provider new \(word.dropLast(5))", command: name)
    }
    guard Shape.Form.name.isValid(word) else {
      throw UsageError("'\(shortened(word))' must be \(Shape.Form.name.expectation)", command: name)
    }
    if samples.curl == nil, let option = samples.answer != nil ? "--answer" : operation.map({ _ in "--operation" }) {
      throw UsageError("\(option) requires --from FILE, which contains a curl command", command: name)
    }
    let path = "\(folder)/\(word).yaml"
    let schema = "../schemas/provider.schema.json"
    var draft: ProviderDraft?
    if let curl = samples.curl {
      draft = Self.draft(word, schema, curl, samples.answer, operation)
      if draft == nil { return 1 }
    }
    do throws(SystemFileError) {
      try SystemFile.createFolder(folder)
      try SystemFile.create(path, draft?.text ?? ProviderStarter.text(name: word, schema: schema))
    } catch {
      Terminal.error("\(path): \(error.message)")
      return 1
    }
    guard let draft else {
      Terminal.print("created \(path); 'numgate provider check \(path)' validates it")
      return 0
    }
    let steps = draft.nextSteps + ["Run 'numgate provider check \(path)' after each change."]
    Terminal.print("created \(path): \(draft.summary)\n\nnext steps")
    for (number, step) in steps.enumerated() { Terminal.print("  \(number + 1). \(step)") }
    return 0
  }

  /// Starts a provider file from samples, or prints the error and returns nil.
  private static func draft(
    _ provider: String, _ schema: String, _ curl: String, _ answer: String?, _ operation: Operation?
  ) -> ProviderDraft? {
    guard let curl = sample(curl) else { return nil }
    var response: SampleFile?
    if let answer {
      response = sample(answer)
      if response == nil { return nil }
    }
    do throws(SampleFileError) {
      return try ProviderDraft(curl: curl, answer: response, operation: operation, name: provider, schema: schema)
    } catch {
      Terminal.error(error.diagnostic.description)
      return nil
    }
  }

  private static func sample(_ path: String) -> SampleFile? {
    guard let content = FileSystem.machine.read(path) else {
      Terminal.error("\(path): cannot be read")
      return nil
    }
    return SampleFile(path: path, content: content)
  }

  private static func check(_ arguments: inout Arguments) throws(UsageError) -> Int32 {
    let path = try file(&arguments)
    try arguments.finish()
    guard let (file, warnings) = load(path) else { return 1 }
    for warning in warnings { Terminal.error(warning.description) }
    let served = file.serves.sorted { $0.key.rawValue < $1.key.rawValue }
      .map { "\($0.key.rawValue): " + $0.value.map(\.rawValue).joined(separator: ", ") }.joined(separator: "; ")
    let credentials = (file.description?.credentialNames ?? []).map { name in
      "; \(name): " + (file.description?.isOfCall(name) == true ? "fetched in each call" : "kept for its lifetime")
    }
    Terminal.print("OK: \(file.name) (\(served); \(file.table.entries.count) codes\(credentials.joined()))")
    return 0
  }

  private static func test(_ arguments: inout Arguments) throws(UsageError) -> Int32 {
    let path = try file(&arguments)
    var fixtures: [String] = []
    while let fixture = arguments.word() { fixtures.append(fixture) }
    try arguments.finish()
    guard !fixtures.isEmpty else { throw UsageError("FIXTURE is missing: a file, or a folder of files", command: name) }
    guard let (file, _) = load(path) else { return 1 }
    let run = FixtureRun(file, fixtures)
    for line in run.lines { Terminal.print(line) }
    return run.isGood ? 0 : 1
  }

  private static func list(_ arguments: inout Arguments) throws(UsageError) -> Int32 {
    let folder = try ProviderFolder(&arguments)
    try arguments.finish()
    var isGood = true
    let files = ConfigurationLoader.loadUsableProviders(folder.path, files: folder.files) { diagnostic in
      Terminal.error(diagnostic.description)
      isGood = false
    }
    for line in ProviderMatrix(Array(files.values)).lines { Terminal.print(line) }
    return isGood ? 0 : 1
  }

  static func file(_ arguments: inout Arguments) throws(UsageError) -> String {
    guard let path = arguments.word() else { throw UsageError("FILE is missing", command: name) }
    return path
  }

  /// Loads a provider file, or prints all errors and returns nil.
  static func load(_ path: String) -> (file: ProviderFile, warnings: [Diagnostic])? {
    do throws(ConfigurationError) {
      return try ConfigurationLoader.loadProvider(path, files: ProviderFolder.withCarriers)
    } catch {
      for diagnostic in error.diagnostics { Terminal.error(diagnostic.description) }
      return nil
    }
  }
}
