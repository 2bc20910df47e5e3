import Cryptography
public import Declarative
public import Networking
public import NumberAuth
public import Schema
import YAML

/// One file of `providers/`: everything about a vendor product that changes without a release.
public struct ProviderFile: Sendable {
  public struct Title: Sendable, Hashable {
    public let chinese: String
    public let english: String
  }

  /// How a page or app loads the vendor's front-end SDK.
  public struct SDK: Sendable, Hashable {
    public let scripts: [String]
    public let styles: [String]
    public let package: String?
    /// The object or function that the SDK defines.
    public let global: String?
    public let entry: String?
  }

  /// Something that no document settles.
  public struct OpenQuestion: Sendable {
    public let topic: String
    public let reason: String
    /// The file that says so: this one, or the one it extends.
    let path: String
    let mark: YAMLMark
  }

  /// One kind of authorisation page and the options it takes: group, then field names (none: the group is a value).
  public struct PageKind: Sendable, Hashable {
    public let about: String
    public let options: [String: [String]]?
  }

  public let name: String
  /// Where the file lies, as it is named in messages.
  public let path: String
  public let adapter: AdapterKind
  public let title: Title
  public let documents: [String]
  public let serves: [Channel: [Operation]]
  public let endpoint: HTTPOrigin
  public let timeout: Duration
  public let tokenLife: Duration
  public let sdks: [Channel: SDK]
  /// What an account of this provider must or may give.
  public let accountFields: [DeclaredField]
  public let pages: [String: PageKind]
  public let table: FailureTable
  /// The wire, where the file describes it (`adapter: declarative`).
  public let description: DeclarativeDescription?
  public let openQuestions: [OpenQuestion]

  /// What a team sends beside the token.
  public var inputs: [DeclaredField] { description?.inputs ?? [] }
  var digests: Set<DigestAlgorithm> { description?.digests ?? adapter.digests }
  public var canPrepare: Bool { description?.canPrepare ?? adapter.canPrepare }
  public var canSign: Bool { adapter.canSign }

  func can(_ operation: Operation) -> Bool { description?.can(operation) ?? adapter.can(operation) }

  /// What an adapter is made from; fields that are not given are what the file says they are then.
  public func settings(account: String, authority: String, fields: [String: Secret]) -> AccountSettings {
    var fields = fields
    for declared in accountFields {
      if fields[declared.name] == nil, let fallback = declared.fallback { fields[declared.name] = Secret(fallback) }
    }
    return AccountSettings(account: account, authority: authority, table: table, fields: fields)
  }

  /// The adapter for one account. Throws what is wrong with the account's fields.
  public func makeProvider(_ settings: AccountSettings) throws(AccountFault) -> any Provider {
    if let description { return try DeclarativeProvider(settings, description) }
    return try adapter.make(settings)
  }
}

extension ProviderFile {
  static let shape = Shape.object(
    [
      .required(
        "adapter", .choice(AdapterKind.allCases.map(\.rawValue)),
        "who knows the wire: an adapter in Swift, or declarative, and this file says it"),
      .optional("extends", .form(.name), "another provider's file that this one starts from"),
      .required("title", .object([.required("zh", .text), .required("en", .text)]), "the product's name"),
      .required("documents", .list(.text, atLeast: 1), "the vendor's documents that the file follows"),
      .required(
        "serves",
        .map(
          key: .oneOf(Channel.allCases.map(\.rawValue)),
          value: .list(.choice(Operation.allCases.map(\.rawValue)), atLeast: 1)),
        "what the product does, on which channels"),
      .required("endpoint", .form(FieldPattern.origin.form), "the vendor's server, without a path"),
      .required(
        "timeout", .duration(.milliseconds(100)...(.seconds(60))), "for one call, look-up and connect included"),
      .required("tokenLife", .duration(.seconds(1)...(.seconds(86_400))), "how long the SDK's token can be used"),
      .optional("unconfirmed", .map(key: .any, value: .text), "what no document settles, and why"),
      .optional(
        "sdk",
        .map(
          key: .oneOf(Channel.allCases.map(\.rawValue)),
          value: .object([
            .optional("scripts", .list(.text, atLeast: 1)), .optional("styles", .list(.text, atLeast: 1)),
            .optional("package", .text), .optional("global", .text), .optional("entry", .text),
          ]))),
      .required("account", .map(key: .name, value: .object(declared)), "what an account of this provider gives"),
      .optional("inputs", .map(key: .name, value: input), "what a team sends beside the token"),
      .optional(
        "pages",
        .map(
          key: .name,
          value: .object([
            .required("about", .text), .optional("options", .map(key: .name, value: .list(.text, atLeast: 0))),
          ]))),
    ] + DeclarativeDescription.fields + [
      .required("failures", FailureRows.shape, "stage, then carrier, then codes, prefixes and HTTP statuses")
    ])

  private static let declared: [Shape.Field] = [
    .optional("secret", .boolean, "never shown, and never written into config.yaml itself"),
    .optional("required", .boolean),
    .optional("choices", .list(.text, atLeast: 1)),
    .optional("pattern", .choice(FieldPattern.allCases.map(\.rawValue))),
    .optional("default", .scalarOr(.any, .text), "what it is where nobody gives it"),
    .optional("about", .text, "what it is, for whoever fills it in"),
  ]

  private static let input = Shape.object(
    declared + [
      .optional(
        "for", .list(.choice(["prepare", "login", "verify"]), atLeast: 1),
        "the operations that it belongs to; all of them unless given")
    ])

  /// Reads a file that has passed the check of its shape. `base` is the file it extends, `baseNode` what stands in that.
  init(
    _ node: YAMLNode, name: String, path: String, base: ProviderFile?, baseNode: YAMLNode?,
    diagnostics: inout Diagnostics
  ) {
    self.name = name
    self.path = path
    // An adapter that nobody knows has its own error; a file with operations meant the language.
    adapter =
      node["adapter"]?.text.flatMap(AdapterKind.init) ?? base?.adapter
      ?? (node["operations"] == nil ? .chinaMobileApp : .declarative)
    title =
      node["title"].map { Title(chinese: $0["zh"]?.text ?? "", english: $0["en"]?.text ?? "") } ?? base?.title
      ?? Title(chinese: name, english: name)
    documents = node["documents"].map { $0.elements.compactMap(\.text) } ?? base?.documents ?? []
    endpoint =
      node["endpoint"]?.text.flatMap(HTTPOrigin.init) ?? base?.endpoint
      ?? HTTPOrigin(isSecure: true, host: "invalid", port: 443)
    timeout = node["timeout"]?.text.flatMap(parseDuration) ?? base?.timeout ?? .seconds(3)
    tokenLife = node["tokenLife"]?.text.flatMap(parseDuration) ?? base?.tokenLife ?? .seconds(120)

    var serves = base?.serves ?? [:]
    if let node = node["serves"] {
      serves = [:]
      for entry in node.entries {
        guard let channel = Channel(rawValue: entry.key) else { continue }
        let operations = entry.value.elements.compactMap { $0.text.flatMap(Operation.init) }
        for operation in operations where adapter != .declarative && !adapter.can(operation) {
          diagnostics.error(
            path, entry.value.mark, "the adapter '\(adapter.rawValue)' cannot do '\(operation.rawValue)'")
        }
        serves[channel] = operations
      }
    }
    self.serves = serves

    sdks =
      node["sdk"].map { node in
        Dictionary(
          uniqueKeysWithValues: node.entries.compactMap { entry in
            Channel(rawValue: entry.key).map { ($0, SDK(entry.value)) }
          })
      } ?? base?.sdks ?? [:]

    for entry in node["account"]?.entries ?? [] where AccountFile.ownKeys.contains(entry.key) {
      diagnostics.error(path, entry.keyMark, "'\(entry.key)' is every account's own key and cannot be a field")
    }
    accountFields = DeclaredField.read(node["account"], over: base?.accountFields ?? [], path, &diagnostics)
    let inputs = DeclaredField.read(node["inputs"], over: base?.inputs ?? [], path, &diagnostics)

    pages =
      node["pages"].map { node in
        Dictionary(uniqueKeysWithValues: node.entries.map { ($0.key, PageKind($0.value)) })
      } ?? base?.pages ?? [:]

    var rows = FailureRows(base: base?.table.entries ?? [])
    if let node = node["failures"] { rows.read(node, path: path, diagnostics: &diagnostics) }
    table = FailureTable(provider: name, entries: rows.entries)

    openQuestions =
      node["unconfirmed"]?.entries.map {
        OpenQuestion(topic: $0.key, reason: $0.value.text ?? "", path: path, mark: $0.keyMark)
      } ?? base?.openQuestions ?? []
    description = Self.describe(
      node, base, baseNode, adapter, accountFields: accountFields, inputs: inputs, path: path, diagnostics: &diagnostics
    )
    if let description { check(description, of: node, diagnostics: &diagnostics) }
  }
}

extension ProviderFile.SDK {
  fileprivate init(_ node: YAMLNode) {
    scripts = node["scripts"]?.elements.compactMap(\.text) ?? []
    styles = node["styles"]?.elements.compactMap(\.text) ?? []
    package = node["package"]?.text
    global = node["global"]?.text
    entry = node["entry"]?.text
  }
}

extension ProviderFile.PageKind {
  fileprivate init(_ node: YAMLNode) {
    about = node["about"]?.text ?? ""
    options = node["options"].map { node in
      Dictionary(uniqueKeysWithValues: node.entries.map { ($0.key, $0.value.elements.compactMap(\.text)) })
    }
  }
}
