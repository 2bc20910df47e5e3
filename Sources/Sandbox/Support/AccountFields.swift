internal import Cryptography
internal import YAML

/// Reads one mapping of the accounts file. Rejects unknown keys; errors have a position.
struct AccountFields {
  private let node: YAMLNode

  init(_ node: YAMLNode, _ name: String, known: Set<String>) throws(SandboxAccountsError) {
    guard case .mapping(let entries) = node.content else {
      throw SandboxAccountsError(mark: node.mark, message: "\(name) must be a mapping")
    }
    for entry in entries where !known.contains(entry.key) {
      throw SandboxAccountsError(mark: entry.keyMark, message: "unknown key '\(entry.key)'")
    }
    self.node = node
  }

  func required(_ key: String) throws(SandboxAccountsError) -> String {
    guard let text = try optional(key), !text.isEmpty else { throw missing(key) }
    return text
  }

  func optional(_ key: String) throws(SandboxAccountsError) -> String? {
    guard let value = node[key], !value.isNull else { return nil }
    guard let text = value.text else { throw wrong(value, key, "a string") }
    return text
  }

  func flag(_ key: String) throws(SandboxAccountsError) -> Bool {
    guard let value = node[key], !value.isNull else { return false }
    guard let flag = value.bool else { throw wrong(value, key, "true or false") }
    return flag
  }

  func texts(_ key: String) throws(SandboxAccountsError) -> [String] {
    var texts: [String] = []
    for element in try sequence(key) {
      guard let text = element.text else { throw wrong(element, key, "a list of strings") }
      texts.append(text)
    }
    return texts
  }

  func choice<Choice>(_ key: String) throws(SandboxAccountsError) -> Choice
  where Choice: RawRepresentable & CaseIterable, Choice.RawValue == String {
    let text = try required(key)
    guard let choice = Choice(rawValue: text) else {
      throw wrong(node[key] ?? node, key, "one of " + Choice.allCases.map(\.rawValue).joined(separator: ", "))
    }
    return choice
  }

  /// The elements of a list; empty if the list is missing.
  func sequence(_ key: String) throws(SandboxAccountsError) -> [YAMLNode] {
    guard let value = node[key], !value.isNull else { return [] }
    guard case .sequence(let elements) = value.content else { throw wrong(value, key, "a list") }
    return elements
  }

  func mapping(_ key: String, known: Set<String>) throws(SandboxAccountsError) -> AccountFields? {
    guard let value = node[key], !value.isNull else { return nil }
    return try AccountFields(value, "'\(key)'", known: known)
  }

  func privateKey(_ pair: String) throws(SandboxAccountsError) -> RSAPrivateKey? {
    guard let fields = try mapping(pair, known: ["privateKey", "publicKey"]) else { return nil }
    let text = try fields.required("privateKey")
    do { return try RSAPrivateKey(text) } catch { throw unusable(pair, "privateKey", error) }
  }

  func publicKey(_ pair: String) throws(SandboxAccountsError) -> RSAPublicKey? {
    guard let fields = try mapping(pair, known: ["privateKey", "publicKey"]) else { return nil }
    let text = try fields.required("publicKey")
    do { return try RSAPublicKey(text) } catch { throw unusable(pair, "publicKey", error) }
  }

  func allowedAddresses() throws(SandboxAccountsError) -> AllowedAddresses {
    AllowedAddresses(addresses: try texts("allowedAddresses"))
  }

  /// The code that every call of an account returns, by operation; empty if calls are processed.
  func refuses() throws(SandboxAccountsError) -> [Operation: String] {
    var refuses: [Operation: String] = [:]
    if let codes = try mapping("refuses", known: ["login", "verify"]) {
      for operation in Operation.allCases { refuses[operation] = try codes.optional(operation.rawValue) }
    }
    return refuses
  }

  /// The entries of a list, by their unique key.
  func accounts<Account: ListedAccount>(_ list: String) throws(SandboxAccountsError) -> [String: Account] {
    var accounts: [String: Account] = [:]
    for node in try sequence(list) {
      let account = try Account(node)
      guard accounts.updateValue(account, forKey: account.key) == nil else {
        throw SandboxAccountsError(mark: node.mark, message: "duplicate \(Account.keyField) '\(account.key)'")
      }
    }
    return accounts
  }

  /// An error for a value that has the right type but cannot be used.
  func unusable(_ key: String, _ message: String) -> SandboxAccountsError {
    SandboxAccountsError(mark: (node[key] ?? node).mark, message: "'\(key)' \(message)")
  }

  private func unusable(_ pair: String, _ key: String, _ error: CryptographyError) -> SandboxAccountsError {
    wrong(node[pair]?[key] ?? node, "\(pair).\(key)", "an RSA key: \(error)")
  }

  private func missing(_ key: String) -> SandboxAccountsError {
    SandboxAccountsError(mark: node.mark, message: "'\(key)' is missing")
  }

  private func wrong(_ value: YAMLNode, _ key: String, _ expected: String) -> SandboxAccountsError {
    SandboxAccountsError(mark: value.mark, message: "'\(key)' must be \(expected)")
  }
}
