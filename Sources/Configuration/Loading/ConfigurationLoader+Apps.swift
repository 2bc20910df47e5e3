import NumberAuth
import Schema
import YAML

/// Reads apps with their routes and pages, and the teams that may use them.
extension ConfigurationLoader {
  mutating func readApp(
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
        let files = login.compactMap { accounts[$0.account]?.file }
        // An unusable account has its own error, and its page types are unknown.
        if files.count == login.count || files.contains(where: { !$0.pages.isEmpty }) {
          pages[channel] = readPage(page, path, "apps.\(entry.key).\(channel.rawValue).page", files: files)
        }
      }
    }
    return App(id: entry.key, routes: routes, pages: pages, limits: LimitsFile.read(entry.value["limits"]))
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
          "'\(name)': there is no account '\(shortened(account))'" + hint(at: account, among: declared))
        continue
      }
      if candidates.contains(where: { $0.account == account }) {
        error(path, nameNode, "'\(name)' names the account '\(account)' twice")
      }
      if let file = accounts[account]?.file, file.serves[route.channel]?.contains(route.operation) != true {
        let supported = file.serves.sorted { $0.key.rawValue < $1.key.rawValue }
          .map { "\($0.key.rawValue): " + $0.value.map(\.rawValue).joined(separator: ", ") }.joined(separator: "; ")
        error(
          path, nameNode,
          "'\(name)': the provider '\(file.name)' of account '\(account)' does not support \(route.operation.rawValue) on \(route.channel.rawValue) (supported: \(supported))"
        )
      }
      if let unsupportedReason = accounts[account]?.provider.unsupportedReason(for: route.operation) {
        error(
          path, nameNode,
          "'\(name)': account '\(account)' does not support \(route.operation.rawValue): \(unsupportedReason.message)")
      }
      candidates.append(Router.Candidate(account: account, weight: element["weight"]?.int))
    }
    if candidates.contains(where: { $0.weight != nil }), candidates.contains(where: { $0.weight == nil }) {
      error(path, list, "'\(name)': set a weight for every account or for none")
    } else if !candidates.isEmpty, candidates.allSatisfy({ $0.weight == 0 }) {
      error(path, list, "'\(name)': every weight is 0, so no account would be selected")
    }
    return candidates
  }

  private mutating func readPage(
    _ node: YAMLNode, _ path: String, _ name: String, files: [ProviderFile]
  ) -> PageOptions? {
    guard let type = node["type"]?.text else { return nil }
    guard let file = files.first(where: { !$0.pages.isEmpty }) else {
      error(path, node, "no provider on this channel has page types")
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
      error(path, options, "page type '\(type)' has no options (\(kind.about))")
      return nil
    }
    var checker = ShapeChecker(file: path)
    checker.check(options, known, name + ".options")
    merge(checker)
    return PageOptions(type: type, options: options.jsonWithDecimals)
  }

  mutating func readTeams(_ root: YAMLNode, _ path: String, apps: [String: App]) -> [Team] {
    var owners: [[UInt8]: String] = [:]
    var certificateOwners: [CertificatePattern: String] = [:]
    let verifiesClients = root["server"]?["tls"]?["clientAuthorities"] != nil
    return (root["teams"]?.entries ?? []).map { entry in
      var hashes: [[UInt8]] = []
      for key in entry.value["keys"]?.elements ?? [] {
        guard let hash = key.text.flatMap(ConfigurationFile.teamKeyHash) else { continue }
        if let owner = owners.updateValue(entry.key, forKey: hash) {
          error(path, key, "this key is also a key of the team '\(owner)'")
        }
        hashes.append(hash)
      }
      var certificates: [CertificatePattern] = []
      for name in entry.value["certificates"]?.elements ?? [] {
        guard let pattern = name.text.flatMap(CertificatePattern.init) else { continue }
        if let owner = certificateOwners.updateValue(entry.key, forKey: pattern) {
          error(path, name, "this certificate name is also a certificate name of the team '\(owner)'")
        }
        certificates.append(pattern)
      }
      if let list = entry.value["certificates"], !verifiesClients {
        error(path, list, "`certificates` requires `server.tls.clientAuthorities`")
      }
      if entry.value["keys"] == nil, entry.value["certificates"] == nil {
        diagnostics.error(path, entry.keyMark, "the team '\(entry.key)' needs `keys` or `certificates`")
      }
      var allowed: Set<String>? = []
      if let list = entry.value["apps"], list.text == "all" {
        allowed = nil
      } else {
        for app in entry.value["apps"]?.elements ?? [] {
          guard let name = app.text else { continue }
          if apps[name] == nil {
            error(path, app, "there is no app '\(shortened(name))'" + hint(at: name, among: apps.keys))
          }
          allowed?.insert(name)
        }
      }
      return Team(
        name: entry.key, keyHashes: hashes, certificates: certificates, apps: allowed,
        limits: LimitsFile.read(entry.value["limits"]))
    }
  }

  mutating func warnAboutUnused(_ root: YAMLNode, _ path: String, _ apps: [String: App]) {
    let used = Set(apps.values.flatMap { $0.routes.values.flatMap { $0.map(\.account) } })
    for entry in root["accounts"]?.entries ?? [] where !used.contains(entry.key) {
      diagnostics.warning(path, entry.keyMark, "no app has a route to the account '\(entry.key)'")
    }
  }

  /// Warns about the unconfirmed facts of each provider that has an account with an endpoint other than loopback.
  mutating func warnAboutOpenQuestions(_ accounts: [String: Account]) {
    let called = accounts.values.filter { !$0.origin.isLoopback }.map(\.file)
    for file in Dictionary(called.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first }).values {
      for question in file.openQuestions { note(question) }
    }
  }

  mutating func note(_ question: ProviderFile.OpenQuestion) {
    diagnostics.warning(question.path, question.mark, "unconfirmed: \(question.topic): \(question.reason)")
  }
}
