public import Networking
public import NumberAuth
public import Schema
import YAML

/// All errors of an invalid configuration, sorted by file and line.
public struct ConfigurationError: Error, Sendable, CustomStringConvertible {
  public let diagnostics: [Diagnostic]
  /// The files and folders that were read. A change to any of them can fix the errors.
  public internal(set) var sources = ConfigurationSources()

  public var description: String { diagnostics.map(\.description).joined(separator: "\n") }
}

/// Reads `config.yaml` and the provider files, validates them together and creates the adapters of the accounts.
public struct ConfigurationLoader {
  let files: FileSystem
  var diagnostics = Diagnostics()
  /// Names of provider files that exist but are unusable. The error is reported once, at the file.
  private(set) var unusableProviders: Set<String> = []
  /// Names of provider files that can be read but have errors. No adapter is created from them.
  private(set) var invalidProviders: Set<String> = []
  /// The tables of `carriers/`, by name.
  private var carriers: [String: (table: FailureTable, content: YAMLNode)] = [:]
  var fingerprint = ConfigurationFingerprint()

  public init(files: FileSystem = .machine) { self.files = files }

  /// Loads `config.yaml` at `path` and the folder `providers` (nil: the folder `providers` next to `config.yaml`).
  /// Throws all errors together.
  public static func load(
    _ path: String, providers: String? = nil, files: FileSystem = .machine
  ) throws(ConfigurationError) -> Configuration {
    let recorder = SourceRecorder(files)
    var loader = ConfigurationLoader(files: recorder.files)
    do throws(ConfigurationError) {
      var configuration = try loader.load(path, providers: providers ?? folder(of: path) + "providers")
      configuration.sources = recorder.sources
      return configuration
    } catch {
      throw ConfigurationError(diagnostics: error.diagnostics, sources: recorder.sources)
    }
  }

  /// Loads only a folder of provider files, for commands that need no account. Throws all errors together.
  public static func loadProviders(
    _ folder: String, files: FileSystem = .machine
  ) throws(ConfigurationError) -> [String: ProviderFile] {
    var loader = ConfigurationLoader(files: files)
    let providers = loader.loadProviders(folder)
    try loader.throwErrors()
    return providers
  }

  /// Loads the valid provider files of a folder, for look-up commands: an incomplete file does not affect the others.
  /// Calls `report` for each error.
  public static func loadUsableProviders(
    _ folder: String, files: FileSystem = .machine, report: (Diagnostic) -> Void
  ) -> [String: ProviderFile] {
    var loader = ConfigurationLoader(files: files)
    let providers = loader.loadProviders(folder)
    let errors = loader.diagnostics.sorted.filter { $0.severity == .error }
    for error in errors { report(error) }
    let faulty = Set(errors.map(\.file))
    return providers.filter { !faulty.contains($0.value.path) }
  }

  /// Loads one provider file with the file that it extends, and returns its warnings. Throws all errors together.
  public static func loadProvider(
    _ path: String, files: FileSystem = .machine
  ) throws(ConfigurationError) -> (file: ProviderFile, warnings: [Diagnostic]) {
    var loader = ConfigurationLoader(files: files)
    let folder = folder(of: path)
    guard path.hasSuffix(".yaml"), let name = path.dropFirst(folder.count).dropLast(5) as Substring?, !name.isEmpty
    else {
      loader.diagnostics.error(path, YAMLMark(line: 1, column: 1), "the name of a provider file must end with .yaml")
      throw ConfigurationError(diagnostics: loader.diagnostics.sorted)
    }
    let file = loader.loadProviders(folder, only: String(name))[String(name)]
    try loader.throwErrors()
    guard let file else { throw ConfigurationError(diagnostics: loader.diagnostics.sorted) }
    for question in file.openQuestions { loader.note(question) }
    if let fault = fault(ofPlain: file.endpoint) {
      let node = files.read(path).flatMap { try? YAMLNode.parse($0) }
      loader.diagnostics.warning(
        path, node?["endpoint"]?.mark ?? YAMLMark(line: 1, column: 1), "'endpoint': the vendor is called \(fault)")
    }
    return (file, loader.diagnostics.sorted)
  }

  /// Returns the settings and the endpoint of one account of `config.yaml` for a provider file. Ignores errors in the
  /// rest of the configuration. Throws all errors of the account together.
  public static func loadAccount(
    _ name: String, of path: String, for file: ProviderFile, files: FileSystem = .machine
  ) throws(ConfigurationError) -> (settings: AccountSettings, origin: HTTPOrigin) {
    var loader = ConfigurationLoader(files: files)
    guard let root = loader.parse(path) else { throw ConfigurationError(diagnostics: loader.diagnostics.sorted) }
    let accounts = root["accounts"]?.entries ?? []
    guard let entry = accounts.first(where: { $0.key == name }) else {
      loader.error(
        path, root["accounts"] ?? root,
        "there is no account '\(shortened(name))'" + suggestion(for: name, among: accounts.map(\.key)))
      throw ConfigurationError(diagnostics: loader.diagnostics.sorted)
    }
    if let provider = entry.value["provider"]?.text, provider != file.name {
      loader.error(
        path, entry.value["provider"] ?? root,
        "the account '\(shortened(name))' belongs to the provider '\(shortened(provider))', not to '\(file.name)'")
      throw ConfigurationError(diagnostics: loader.diagnostics.sorted)
    }
    let fields = loader.readFields(entry, path, file, isLoopback: true)
    try loader.throwErrors()
    let origin = entry.value["endpoint"]?.text.flatMap(HTTPOrigin.init) ?? file.endpoint
    return (file.settings(account: name, authority: origin.authority, fields: fields), origin)
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

    if let fault = Self.fault(ofDigests: [.sha256], { $0.isAvailable }) { error(path, root, "the gateway \(fault)") }
    var server = ConfigurationFile.readServer(root["server"] ?? root)
    server.sessionKeys = readSessionKeys(root["server"], path)
    if let node = root["server"]?["tls"] { server.http.tls = readTLS(node, path).map(TLSContextSource.init) }
    let authorities = server.vendors.authorities.map { files.read(Self.resolve($0, beside: path)) }
    if let name = server.vendors.authorities, authorities == .some(nil) {
      error(
        path, root["server"]?["vendors"]?["authorities"] ?? root,
        "the authorities file '\(name)' \(files.unreadable(Self.resolve(name, beside: path)))")
    }
    server.vendors.authorities = server.vendors.authorities.map { Self.resolve($0, beside: path) }
    let proxy = readProxy(root["server"]?["vendors"], path)
    server.vendors.proxy = proxy?.proxy

    if let node = root["server"]?["vendors"]?["connections"] {
      diagnostics.warning(
        path, node.mark,
        "`server.vendors.connections` is deprecated; set `limits.concurrency` of the accounts")
    }
    var accounts: [String: Account] = [:]
    for entry in root["accounts"]?.entries ?? [] {
      accounts[entry.key] = readAccount(
        entry, path, providers, defaultConcurrency: root["server"]?["vendors"]?["connections"]?.int)
    }
    let declared = Set((root["accounts"]?.entries ?? []).map(\.key))
    var apps: [String: App] = [:]
    for entry in root["apps"]?.entries ?? [] {
      apps[entry.key] = readApp(entry, path, accounts, declared: declared)
    }
    let store = readStore(root["store"], path)
    let teams = readTeams(root, path, apps: apps)
    warnAboutUnused(root, path, apps)
    warnAboutOpenQuestions(accounts)
    try throwErrors()
    fingerprint.note(root, sessionKeys: server.sessionKeys, authorities: authorities ?? nil, proxy: proxy?.url)
    return Configuration(
      server: server, teams: teams, accounts: accounts, apps: apps, providers: providers,
      router: Router(apps: apps.mapValues(\.routes)), store: store,
      ledger: StoreFile.readLedger(root["ledger"]),
      idempotency: StoreFile.readIdempotency(root["idempotency"]), warnings: diagnostics.sorted,
      fingerprint: fingerprint)
  }

  // MARK: Files

  /// Parses a provider file and checks its shape. Returns nil if it is not valid YAML.
  private mutating func readProvider(_ name: String, _ folder: String) -> YAMLNode? {
    let path = folder + name + ".yaml"
    guard let node = parse(path) else {
      unusableProviders.insert(name)
      return nil
    }
    if !Shape.Form.name.isValid(name) { error(path, node, "the file name must be \(Shape.Form.name.expectation)") }
    var checker = ShapeChecker(file: path)
    let extends = node["extends"] != nil
    checker.check(node, extends ? ProviderFile.shape.allOptional : ProviderFile.shape, "")
    merge(checker)
    guard case .mapping = node.content else {
      unusableProviders.insert(name)
      return nil
    }
    return node
  }

  /// The tables of the provider files that `sdkCodes` names.
  private mutating func readSDKs(
    of node: YAMLNode, _ path: String, _ providers: [String: ProviderFile]
  ) -> [Channel: FailureTable] {
    var tables: [Channel: FailureTable] = [:]
    for entry in node["sdkCodes"]?.entries ?? [] {
      guard let channel = Channel(rawValue: entry.key), let name = entry.value.text else { continue }
      tables[channel] = providers[name]?.table
      if providers[name] == nil, !unusableProviders.contains(name) {
        error(
          path, entry.value,
          "there is no provider file '\(shortened(name))' without 'sdkCodes' and 'extends'"
            + hint(at: name, among: providers.keys))
      }
    }
    return tables
  }

  /// The tables of the carriers that a provider file names. A file of a carrier is read once.
  private mutating func readCarriers(of node: YAMLNode, _ path: String, _ folder: String) -> [FailureTable] {
    (node["carriers"]?.elements ?? []).compactMap { node in
      guard let name = node.text, Shape.Form.name.isValid(name) else { return nil }
      if let read = carriers[name] { return read.table }
      let file = folder + "carriers/" + name + ".yaml"
      guard files.read(file) != nil else {
        error(path, node, "there is no file 'carriers/\(name).yaml' in the folder of provider files")
        return nil
      }
      guard let content = parse(file) else { return nil }
      var checker = ShapeChecker(file: file)
      checker.check(content, CarrierFile.shape, "")
      merge(checker)
      let table = CarrierFile.read(content, name: name, path: file, &diagnostics)
      carriers[name] = (table, content)
      return table
    }
  }

  private mutating func parse(_ path: String) -> YAMLNode? {
    guard let bytes = files.read(path), bytes.count <= FileSystem.largestFile else {
      diagnostics.error(path, YAMLMark(line: 1, column: 1), files.unreadable(path))
      return nil
    }
    do throws(YAMLError) {
      return try YAMLNode.parse(bytes)
    } catch {
      diagnostics.error(path, error.mark, error.message)
      return nil
    }
  }

  mutating func merge(_ checker: ShapeChecker) {
    for diagnostic in checker.diagnostics.found {
      diagnostics.error(diagnostic.file, diagnostic.mark, diagnostic.message)
    }
  }

  mutating func error(_ path: String, _ node: YAMLNode, _ message: String) {
    diagnostics.error(path, node.mark, message)
  }

  /// Suggests a similar name. After 500 errors it returns an empty string: with thousands of names, searching for each
  /// error would take minutes.
  func hint(at word: String, among known: some Collection<String>) -> String {
    diagnostics.found.count < 500 ? suggestion(for: word, among: known.sorted()) : ""
  }

  static func resolve(_ path: String, beside file: String) -> String {
    path.hasPrefix("/") ? path : folder(of: file) + path
  }

  /// - Parameter only: loads this file and the file that it extends, instead of the whole folder.
  private mutating func loadProviders(_ folder: String, only: String? = nil) -> [String: ProviderFile] {
    let folder = folder.isEmpty || folder.hasSuffix("/") ? folder : folder + "/"
    var nodes: [String: YAMLNode] = [:]
    if let only {
      nodes[only] = readProvider(only, folder)
      if let base = nodes[only]?["extends"]?.text, files.read(folder + base + ".yaml") != nil {
        nodes[base] = readProvider(base, folder)
      }
      for name in (nodes[only]?["sdkCodes"]?.entries ?? []).compactMap(\.value.text)
      where nodes[name] == nil && files.read(folder + name + ".yaml") != nil {
        nodes[name] = readProvider(name, folder)
      }
    } else {
      guard let names = files.list(folder) else {
        diagnostics.error(folder, YAMLMark(line: 1, column: 1), "the folder of provider files does not exist")
        return [:]
      }
      for file in names where file.hasSuffix(".yaml") {
        let name = String(file.dropLast(5))
        nodes[name] = readProvider(name, folder)
      }
    }
    var providers: [String: ProviderFile] = [:]
    // Files whose tables others use are first.
    for (name, node) in nodes.sorted(by: { $0.value["sdkCodes"] == nil && $1.value["sdkCodes"] != nil })
    where node["extends"] == nil {
      let path = folder + name + ".yaml"
      let carriers = readCarriers(of: node, path, folder)
      providers[name] = ProviderFile(
        node, name: name, path: path, base: nil, baseNode: nil, carriers: carriers,
        sdkTables: readSDKs(of: node, path, providers), diagnostics: &diagnostics)
    }
    let unparsed = unusableProviders
    for (name, node) in nodes {
      guard let extends = node["extends"], let baseName = extends.text else { continue }
      let path = folder + name + ".yaml"
      guard let base = providers[baseName], nodes[baseName]?["extends"] == nil else {
        unusableProviders.insert(name)
        if unparsed.contains(baseName) { continue }
        let known = nodes.lazy.filter { $0.value["extends"] == nil }.map(\.key)
        error(
          path, extends,
          nodes[baseName] == nil
            ? "there is no provider file '\(shortened(baseName))'" + hint(at: baseName, among: known)
            : "'\(baseName)' itself extends another file; only one level is supported")
        continue
      }
      let carriers = readCarriers(of: node, path, folder)
      providers[name] = ProviderFile(
        node, name: name, path: path, base: base, baseNode: nodes[baseName], carriers: carriers,
        sdkTables: readSDKs(of: node, path, providers), diagnostics: &diagnostics)
    }
    for (name, node) in nodes {
      let base = node["extends"]?.text.flatMap { nodes[$0] }
      let included = ((node["carriers"] ?? base?["carriers"])?.elements ?? []).compactMap { node in
        node.text.flatMap { carriers[$0]?.content }
      }
      fingerprint.noteProvider(name, node, base: base, carriers: included)
    }
    let flawed = Set(diagnostics.found.lazy.filter { $0.severity == .error }.map(\.file))
    if !flawed.isEmpty {
      for (name, file) in providers {
        let base = nodes[name]?["extends"]?.text.flatMap { providers[$0]?.path }
        if flawed.contains(file.path) || base.map(flawed.contains) == true { invalidProviders.insert(name) }
      }
    }
    return providers
  }
}
