import Networking
import NumberAuth
import YAML

/// Why a configuration cannot be used: every error that was found, in the order of files and lines.
public struct ConfigurationError: Error, Sendable, CustomStringConvertible {
  public let diagnostics: [Diagnostic]

  public var description: String { diagnostics.map(\.description).joined(separator: "\n") }
}

/// Reads `config.yaml` and the `providers/` folder beside it, checks them as a whole and makes the accounts' adapters.
public struct ConfigurationLoader {
  private let files: FileSystem
  private var diagnostics = Diagnostics()

  public init(files: FileSystem = .machine) { self.files = files }

  /// `path` names `config.yaml`; `providers` its folder of provider files (nil: `providers` beside it).
  /// Throws every error at once.
  public static func load(
    _ path: String, providers: String? = nil, files: FileSystem = .machine
  ) throws(ConfigurationError) -> Configuration {
    var loader = ConfigurationLoader(files: files)
    return try loader.load(path, providers: providers ?? folder(of: path) + "providers")
  }

  /// The folder of provider files alone, for commands that need no account. Throws every error at once.
  public static func loadProviders(
    _ folder: String, files: FileSystem = .machine
  ) throws(ConfigurationError) -> [String: ProviderFile] {
    var loader = ConfigurationLoader(files: files)
    let providers = loader.loadProviders(folder)
    try loader.throwErrors()
    return providers
  }

  static func folder(of path: String) -> String {
    path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
  }

  private mutating func throwErrors() throws(ConfigurationError) {
    if diagnostics.hasErrors {
      throw ConfigurationError(diagnostics: diagnostics.sorted.filter { $0.severity == .error })
    }
  }

  private mutating func load(_ path: String, providers folder: String) throws(ConfigurationError) -> Configuration {
    let providers = loadProviders(folder)
    guard let root = parse(path) else {
      throw ConfigurationError(diagnostics: diagnostics.sorted)
    }
    var checker = ShapeChecker(file: path)
    checker.check(root, ConfigurationFile.shape, "")
    merge(checker)

    var server = ConfigurationFile.readServer(root["server"] ?? root)
    if let node = root["server"]?["sessionKey"] { server.sessionKey = readSessionKey(node, path) }
    if let authorities = server.vendors.authorities, files.read(Self.resolve(authorities, beside: path)) == nil {
      error(
        path, root["server"]?["vendors"]?["authorities"] ?? root, "the authorities file '\(authorities)' cannot be read"
      )
    }
    server.vendors.authorities = server.vendors.authorities.map { Self.resolve($0, beside: path) }

    var accounts: [String: Account] = [:]
    for entry in root["accounts"]?.entries ?? [] {
      accounts[entry.key] = readAccount(entry, path, providers)
    }
    let declared = Set((root["accounts"]?.entries ?? []).map(\.key))
    var apps: [String: App] = [:]
    for entry in root["apps"]?.entries ?? [] {
      apps[entry.key] = readApp(entry, path, accounts, declared: declared)
    }
    let teams = readTeams(root, path, apps: apps)
    warnAboutUnused(root, path, apps)
    try throwErrors()
    return Configuration(
      server: server, teams: teams, accounts: accounts, apps: apps, providers: providers,
      router: Router(apps: apps.mapValues(\.routes)), warnings: diagnostics.sorted)
  }

  // MARK: Files

  private mutating func parse(_ path: String) -> YAMLNode? {
    guard let bytes = files.read(path) else {
      diagnostics.error(
        path, YAMLMark(line: 1, column: 1),
        "cannot be read (no such file, no permission, or larger than \(FileSystem.largestFile >> 20) MiB)")
      return nil
    }
    do throws(YAMLError) {
      return try YAMLNode.parse(bytes)
    } catch {
      diagnostics.error(path, error.mark, error.message)
      return nil
    }
  }

  private mutating func merge(_ checker: ShapeChecker) {
    for diagnostic in checker.diagnostics.found {
      diagnostics.error(diagnostic.file, diagnostic.mark, diagnostic.message)
    }
  }

  private mutating func error(_ path: String, _ node: YAMLNode, _ message: String) {
    diagnostics.error(path, node.mark, message)
  }

  static func resolve(_ path: String, beside file: String) -> String {
    path.hasPrefix("/") ? path : folder(of: file) + path
  }

  private mutating func loadProviders(_ folder: String) -> [String: ProviderFile] {
    let folder = folder.hasSuffix("/") ? folder : folder + "/"
    guard let names = files.list(folder) else {
      diagnostics.error(folder, YAMLMark(line: 1, column: 1), "there is no such folder of provider files")
      return [:]
    }
    var nodes: [String: YAMLNode] = [:]
    for file in names where file.hasSuffix(".yaml") {
      let name = String(file.dropLast(5))
      let path = folder + file
      guard let node = parse(path) else { continue }
      if !Shape.Key.name.isValid(name) { error(path, node, "the file's name must be \(Shape.Key.name.expectation)") }
      var checker = ShapeChecker(file: path)
      let extends = node["extends"] != nil
      checker.check(node, extends ? ProviderFile.shape.withNothingRequired : ProviderFile.shape, "")
      merge(checker)
      nodes[name] = node
    }
    var providers: [String: ProviderFile] = [:]
    for (name, node) in nodes where node["extends"] == nil {
      providers[name] = ProviderFile(
        node, name: name, path: folder + name + ".yaml", base: nil, diagnostics: &diagnostics)
    }
    for (name, node) in nodes {
      guard let extends = node["extends"], let baseName = extends.text else { continue }
      let path = folder + name + ".yaml"
      guard let base = providers[baseName], nodes[baseName]?["extends"] == nil else {
        let known = nodes.filter { $0.value["extends"] == nil }.map(\.key).sorted()
        error(
          path, extends,
          nodes[baseName] == nil
            ? "there is no provider file '\(shortened(baseName))'" + suggestion(for: baseName, among: known)
            : "'\(baseName)' extends another file itself; one level is the limit")
        continue
      }
      providers[name] = ProviderFile(node, name: name, path: path, base: base, diagnostics: &diagnostics)
    }
    return providers
  }

  // MARK: Secrets

  /// A value, or what `${env:NAME}` or `${file:path}` names; nil after an error has been noted.
  private mutating func resolveReference(_ node: YAMLNode, _ path: String, _ name: String) -> (
    text: String, isLiteral: Bool
  )? {
    guard case .scalar(let text, _) = node.content else {
      error(path, node, "'\(name)' must be a text, ${env:NAME} or ${file:path}")
      return nil
    }
    guard text.hasPrefix("${"), text.hasSuffix("}") else { return (text, true) }
    let reference = text.dropFirst(2).dropLast()
    if reference.hasPrefix("env:") {
      let variable = String(reference.dropFirst(4))
      guard let value = files.environment(variable), !value.isEmpty else {
        error(path, node, "'\(name)': the environment variable '\(shortened(variable))' is not set")
        return nil
      }
      return (value, false)
    }
    if reference.hasPrefix("file:") {
      let file = String(reference.dropFirst(5))
      guard let bytes = files.read(Self.resolve(file, beside: path)),
        let value = String(validating: bytes, as: UTF8.self)
      else {
        error(path, node, "'\(name)': the file '\(file)' cannot be read as UTF-8 text")
        return nil
      }
      return (String(value.reversed().drop(while: \.isNewline).reversed()), false)
    }
    error(path, node, "'\(name)' must be ${env:NAME} or ${file:path}")
    return nil
  }

  private mutating func readSessionKey(_ node: YAMLNode, _ path: String) -> Secret? {
    guard let (text, isLiteral) = resolveReference(node, path, "server.sessionKey") else { return nil }
    if isLiteral {
      error(path, node, "'server.sessionKey' is a secret: give it as ${env:NAME} or ${file:path}")
    } else if text.utf8.count < 32 {
      error(path, node, "'server.sessionKey' must have at least 32 bytes (openssl rand -hex 32)")
    }
    return Secret(text)
  }

  // MARK: Accounts

  private mutating func readAccount(
    _ entry: YAMLNode.Entry, _ path: String, _ providers: [String: ProviderFile]
  ) -> Account? {
    let node = entry.value
    guard case .mapping = node.content else { return nil }
    let before = diagnostics.found.count
    let prefix = "accounts.\(entry.key)"
    guard let providerNode = node["provider"], let providerName = providerNode.text else {
      error(path, node, "'\(prefix).provider' is missing")
      return nil
    }
    guard let file = providers[providerName] else {
      error(
        path, providerNode,
        "there is no provider '\(shortened(providerName))'"
          + suggestion(for: providerName, among: providers.keys.sorted()))
      return nil
    }
    var own = ShapeChecker(file: path)
    own.check(
      YAMLNode(content: .mapping(node.entries.filter { AccountFile.ownKeys.contains($0.key) }), mark: node.mark),
      AccountFile.own, prefix)
    merge(own)
    let origin = node["endpoint"]?.text.flatMap(HTTPOrigin.init) ?? file.endpoint
    let fields = readFields(entry, path, file, isLoopback: origin.isLoopback)
    guard diagnostics.found.count == before else { return nil }
    let settings = AccountSettings(
      account: entry.key, authority: origin.authority, table: file.table, fields: fields)
    do throws(AccountFault) {
      return Account(
        name: entry.key, file: file, origin: origin,
        timeout: node["timeout"]?.text.flatMap(parseDuration) ?? file.timeout,
        provider: try file.adapter.make(settings))
    } catch {
      let place = node.entries.first { $0.key == error.field }?.value.mark ?? entry.keyMark
      diagnostics.error(path, place, "\(prefix): \(error.message)")
      return nil
    }
  }

  private mutating func readFields(
    _ entry: YAMLNode.Entry, _ path: String, _ file: ProviderFile, isLoopback: Bool
  ) -> [String: Secret] {
    var fields: [String: Secret] = [:]
    let prefix = "accounts.\(entry.key)"
    for field in entry.value.entries where !AccountFile.ownKeys.contains(field.key) {
      guard let declared = file.accountFields.first(where: { $0.name == field.key }) else {
        diagnostics.error(
          path, field.keyMark,
          "unknown key '\(shortened(field.key))' in '\(prefix)'; an account of '\(file.name)' has no such field"
            + suggestion(for: field.key, among: AccountFile.ownKeys + file.accountFields.map(\.name)))
        continue
      }
      guard let (text, isLiteral) = resolveReference(field.value, path, "\(prefix).\(field.key)") else { continue }
      if declared.isSecret, isLiteral, !isLoopback {
        error(
          path, field.value,
          "'\(prefix).\(field.key)' is a secret: give it as ${env:NAME} or ${file:path} (a literal one is for loopback endpoints only)"
        )
      }
      if let choices = declared.choices, !choices.contains(text) {
        error(path, field.value, "'\(prefix).\(field.key)' must be one of " + choices.joined(separator: ", "))
      }
      if let pattern = declared.pattern, !pattern.matches(text) {
        error(path, field.value, "'\(prefix).\(field.key)' must be \(pattern.expectation)")
      }
      fields[field.key] = Secret(text)
    }
    for declared in file.accountFields where declared.isRequired && entry.value[declared.name] == nil {
      diagnostics.error(
        path, entry.keyMark,
        "'\(prefix).\(declared.name)' is missing" + (declared.about.map { " (\($0))" } ?? ""))
    }
    return fields
  }

  // MARK: Apps and teams

  private mutating func readApp(
    _ entry: YAMLNode.Entry, _ path: String, _ accounts: [String: Account], declared: Set<String>
  ) -> App {
    var routes: Router.Routes = [:]
    var pages: [Channel: PageOptions] = [:]
    for channelEntry in entry.value.entries {
      guard let channel = Channel(rawValue: channelEntry.key) else { continue }
      for operation in Operation.allCases {
        guard let list = channelEntry.value[operation.rawValue] else { continue }
        let route = Router.Route(channel: channel, operation: operation)
        routes[route] = readCandidates(
          list, route, path, "apps.\(entry.key).\(channel.rawValue).\(operation.rawValue)", accounts, declared: declared
        )
      }
      if let page = channelEntry.value["page"] {
        let login = routes[Router.Route(channel: channel, operation: .login)] ?? []
        pages[channel] = readPage(page, path, files: login.compactMap { accounts[$0.account]?.file })
      }
    }
    return App(id: entry.key, routes: routes, pages: pages)
  }

  private mutating func readCandidates(
    _ list: YAMLNode, _ route: Router.Route, _ path: String, _ name: String, _ accounts: [String: Account],
    declared: Set<String>
  ) -> [Router.Candidate] {
    var candidates: [Router.Candidate] = []
    for element in list.elements {
      let nameNode = element["account"] ?? element
      guard let account = nameNode.text else { continue }
      guard declared.contains(account) else {
        error(
          path, nameNode,
          "'\(name)': there is no account '\(shortened(account))'" + suggestion(for: account, among: declared.sorted()))
        continue
      }
      if candidates.contains(where: { $0.account == account }) {
        error(path, nameNode, "'\(name)' names the account '\(account)' twice")
      }
      if let file = accounts[account]?.file, file.serves[route.channel]?.contains(route.operation) != true {
        let can = file.serves.sorted { $0.key.rawValue < $1.key.rawValue }
          .map { "\($0.key.rawValue): " + $0.value.map(\.rawValue).joined(separator: ", ") }.joined(separator: "; ")
        error(
          path, nameNode,
          "'\(name)': the provider '\(file.name)' of account '\(account)' cannot do \(route.operation.rawValue) on \(route.channel.rawValue) (it does \(can))"
        )
      }
      candidates.append(Router.Candidate(account: account, weight: element["weight"]?.int))
    }
    if candidates.contains(where: { $0.weight != nil }), candidates.contains(where: { $0.weight == nil }) {
      error(path, list, "'\(name)': give every account a weight or none")
    } else if !candidates.isEmpty, candidates.allSatisfy({ $0.weight == 0 }) {
      error(path, list, "'\(name)': every weight is 0, so no account would ever be chosen")
    }
    return candidates
  }

  private mutating func readPage(_ node: YAMLNode, _ path: String, files: [ProviderFile]) -> PageOptions? {
    guard let type = node["type"]?.text else { return nil }
    guard let file = files.first(where: { !$0.pages.isEmpty }) else {
      error(path, node, "no provider on this channel has pages that can be chosen")
      return nil
    }
    guard let kind = file.pages[type] else {
      error(
        path, node["type"] ?? node,
        "the provider '\(file.name)' has no page type '\(shortened(type))'"
          + suggestion(for: type, among: file.pages.keys.sorted()))
      return nil
    }
    guard let options = node["options"] else { return PageOptions(type: type, options: nil) }
    guard let known = kind.options else {
      error(path, options, "page type '\(type)' takes no options (\(kind.about))")
      return nil
    }
    for entry in options.entries {
      guard let fields = known[entry.key] else {
        diagnostics.error(
          path, entry.keyMark,
          "unknown page option '\(shortened(entry.key))'" + suggestion(for: entry.key, among: known.keys.sorted()))
        continue
      }
      for field in entry.value.entries where !fields.contains(field.key) {
        diagnostics.error(
          path, field.keyMark,
          "unknown page option '\(entry.key).\(shortened(field.key))'" + suggestion(for: field.key, among: fields))
      }
    }
    return PageOptions(type: type, options: options.json)
  }

  private mutating func readTeams(_ root: YAMLNode, _ path: String, apps: [String: App]) -> [Team] {
    var owners: [[UInt8]: String] = [:]
    return (root["teams"]?.entries ?? []).map { entry in
      var hashes: [[UInt8]] = []
      for key in entry.value["keys"]?.elements ?? [] {
        guard let hash = key.text.flatMap(ConfigurationFile.teamKeyHash) else { continue }
        if let owner = owners.updateValue(entry.key, forKey: hash) {
          error(path, key, "this key is also a key of the team '\(owner)'")
        }
        hashes.append(hash)
      }
      var allowed: Set<String>? = []
      if let list = entry.value["apps"], list.text == "all" {
        allowed = nil
      } else {
        for app in entry.value["apps"]?.elements ?? [] {
          guard let name = app.text else { continue }
          if apps[name] == nil {
            error(path, app, "there is no app '\(shortened(name))'" + suggestion(for: name, among: apps.keys.sorted()))
          }
          allowed?.insert(name)
        }
      }
      return Team(name: entry.key, keyHashes: hashes, apps: allowed)
    }
  }

  private mutating func warnAboutUnused(_ root: YAMLNode, _ path: String, _ apps: [String: App]) {
    let used = Set(apps.values.flatMap { $0.routes.values.flatMap { $0.map(\.account) } })
    for entry in root["accounts"]?.entries ?? [] where !used.contains(entry.key) {
      diagnostics.warning(path, entry.keyMark, "no app has a route to the account '\(entry.key)'")
    }
  }
}
