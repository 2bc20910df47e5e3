import Cryptography
import Networking
import NumberAuth
import Schema
import YAML

/// Reads accounts: their fields, secrets and adapters.
extension ConfigurationLoader {
  /// Returns a literal value, or the content of the variable or file that `${env:NAME}` or `${file:path}` names; nil
  /// after an error, which it reports.
  mutating func resolveReference(_ node: YAMLNode, _ path: String, _ name: String) -> (
    text: String, isLiteral: Bool
  )? {
    guard case .scalar(let text, _) = node.content else {
      error(path, node, "'\(name)' must be a string, ${env:NAME} or ${file:path}")
      return nil
    }
    guard text.hasPrefix("${"), text.hasSuffix("}") else { return (text, true) }
    let reference = text.dropFirst(2).dropLast()
    if reference.hasPrefix("env:") {
      let variable = String(reference.dropFirst(4))
      let source = "'\(name)': the environment variable '\(shortened(variable))'"
      guard let value = files.environment(variable) else {
        error(path, node, source + " is not set")
        return nil
      }
      guard let secret = Self.content(of: value) else {
        error(path, node, source + " is empty")
        return nil
      }
      return (secret, false)
    }
    if reference.hasPrefix("file:") {
      let file = String(reference.dropFirst(5))
      let place = Self.resolve(file, beside: path)
      let source = "'\(name)': the file '\(file)'"
      guard let bytes = files.read(place) else {
        error(path, node, source + " " + files.unreadable(place))
        return nil
      }
      guard let value = String(validating: bytes, as: UTF8.self) else {
        error(path, node, source + Self.encodingFault(of: bytes))
        return nil
      }
      guard let secret = Self.content(of: value) else {
        error(path, node, source + " is empty")
        return nil
      }
      return (secret, false)
    }
    let isVariable =
      !reference.isEmpty && reference.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
    error(
      path, node,
      "'\(name)' must be ${env:NAME} or ${file:path}"
        + (isVariable ? "; did you mean '${env:\(shortened(String(reference)))}'?" : ""))
    return nil
  }

  /// Removes a leading byte order mark and trailing line ends, which tools add to secrets. Keeps spaces: they may be
  /// part of the secret. Returns nil if only white space is left.
  private static func content(of value: String) -> String? {
    var scalars = value.unicodeScalars[...]
    if scalars.first == "\u{feff}" { scalars.removeFirst() }
    while let last = scalars.last, last == "\n" || last == "\r" { scalars.removeLast() }
    guard scalars.contains(where: { !$0.properties.isWhitespace }) else { return nil }
    return String(scalars)
  }

  private static func encodingFault(of bytes: [UInt8]) -> String {
    let isUTF16 = bytes.starts(with: [0xff, 0xfe]) || bytes.starts(with: [0xfe, 0xff])
    return isUTF16 ? " is UTF-16; save it as UTF-8" : " is not UTF-8 text"
  }

  /// The keys of `server.sessionKeys`, or the single key of `server.sessionKey`.
  mutating func readSessionKeys(_ server: YAMLNode?, _ path: String) -> [Secret] {
    if let list = server?["sessionKeys"] {
      if let single = server?["sessionKey"] {
        error(path, single, "'server.sessionKey' and 'server.sessionKeys' are both set; remove 'sessionKey'")
      }
      return list.elements.enumerated().compactMap { index, node in
        readKey(node, path, "server.sessionKeys[\(index)]")
      }
    }
    return server?["sessionKey"].flatMap { readKey($0, path, "server.sessionKey") }.map { [$0] } ?? []
  }

  mutating func readAccount(
    _ entry: YAMLNode.Entry, _ path: String, _ providers: [String: ProviderFile], defaultConcurrency: Int?
  ) -> Account? {
    let node = entry.value
    guard case .mapping = node.content else { return nil }
    let prefix = "accounts.\(entry.key)"
    guard let providerNode = node["provider"], let providerName = providerNode.text else { return nil }
    guard let file = providers[providerName] else {
      if unusableProviders.contains(providerName) { return nil }
      error(
        path, providerNode,
        "there is no provider '\(shortened(providerName))'"
          + hint(at: providerName, among: providers.keys))
      return nil
    }
    let origin = node["endpoint"]?.text.flatMap(HTTPOrigin.init) ?? file.endpoint
    // An invalid endpoint has its own error. Its host is unknown, so literal secrets are not reported.
    let isUnreadable = node["endpoint"].map { $0.text.flatMap(HTTPOrigin.init) == nil } ?? false
    let identity = node["tls"].flatMap { readIdentity($0, path, account: entry.key, isUnreadable ? nil : origin) }
    let before = diagnostics.found.count
    let fields = readFields(entry, path, file, isLoopback: origin.isLoopback || isUnreadable)
    guard diagnostics.found.count == before, !invalidProviders.contains(providerName) else { return nil }
    if let fault = Self.fault(ofDigests: file.digests, { $0.isAvailable }) {
      error(path, providerNode, "'\(prefix)': '\(file.name)' \(fault)")
      return nil
    }
    if let fault = Self.fault(ofPlain: origin) {
      diagnostics.warning(path, node["endpoint"]?.mark ?? entry.keyMark, "'\(prefix)' calls \(origin) \(fault)")
    }
    fingerprint.noteAccount(entry.key, node, provider: providerName, fields: fields, identity: identity)
    let settings = file.settings(account: entry.key, authority: origin.authority, fields: fields)
    do throws(AccountFault) {
      return Account(
        name: entry.key, file: file, origin: origin,
        timeout: node["timeout"]?.text.flatMap(parseDuration) ?? file.timeout,
        limits: AccountFile.readLimits(node["limits"], defaultConcurrency: defaultConcurrency),
        pages: RegisteredPages(node["pages"]?.elements.compactMap(\.text) ?? []),
        prices: StoreFile.readPrices(node["prices"]), identity: identity,
        provider: try file.makeProvider(settings), settings: settings)
    } catch {
      let place = node.entries.first { $0.key == error.field }?.value.mark ?? entry.keyMark
      diagnostics.error(path, place, "\(prefix): \(error.message)")
      return nil
    }
  }

  /// The warning about plain HTTP to another host; nil for TLS and for loopback.
  static func fault(ofPlain origin: HTTPOrigin) -> String? {
    origin.isSecure || origin.isLoopback
      ? nil : "without TLS: tokens and phone numbers are sent unencrypted; use https://"
  }

  /// Reports hash functions that OpenSSL does not provide. This is part of the check, because a call has no failure
  /// reason for it.
  static func fault(ofDigests digests: Set<DigestAlgorithm>, _ isAvailable: (DigestAlgorithm) -> Bool) -> String? {
    let missing = digests.filter { !isAvailable($0) }.map(\.name).sorted()
    guard !missing.isEmpty else { return nil }
    return "needs \(missing.joined(separator: " and ")), which this OpenSSL does not provide (FIPS mode has no MD5)"
  }

  mutating func readFields(
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
          "'\(prefix).\(field.key)' is a secret: use ${env:NAME} or ${file:path} (literals are for endpoints on loopback only)"
        )
      }
      if let expectation = declared.expectation(unmetBy: text) {
        error(path, field.value, "'\(prefix).\(field.key)' must be \(expectation)")
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
}
