import Cryptography
public import Declarative
public import Networking
public import NumberAuth
public import Schema
public import Store
import YAML

/// One file of `providers/`: everything about a vendor product that can change without a release.
public struct ProviderFile: Sendable {
  /// The name of the product.
  public struct Title: Sendable, Hashable {
    public let chinese: String
    public let english: String
  }

  /// How a page or app loads the vendor's front-end SDK.
  public struct SDK: Sendable, Hashable {
    /// URLs of scripts.
    public let scripts: [String]
    /// URLs of style sheets.
    public let styles: [String]
    /// Name of the package, for SDKs that are not loaded by URL.
    public let package: String?
    /// The object or function that the SDK defines.
    public let global: String?
    /// The function that the page or app calls.
    public let entry: String?
    /// The referrer policy that an https page must declare in a `meta` element; nil: the vendor requires none.
    public let referrer: String?

    /// The same SDK with the addresses on one origin moved to another one.
    func moved(from original: String, to origin: String) -> SDK {
      func moved(_ address: String) -> String {
        address.hasPrefix(original + "/") ? origin + address.dropFirst(original.utf8.count) : address
      }
      return SDK(
        scripts: scripts.map(moved), styles: styles.map(moved), package: package, global: global, entry: entry,
        referrer: referrer)
    }
  }

  /// A fact that no document of the vendor confirms.
  public struct OpenQuestion: Sendable {
    /// The key under `unconfirmed`.
    public let topic: String
    public let reason: String
    /// The file that contains the question: this one, or the one that it extends.
    let path: String
    let mark: YAMLMark
  }

  /// One type of authorisation page.
  public struct PageKind: Sendable {
    public let about: String
    /// The options that an app can set: an object. nil: the type has no options.
    let options: Shape?
  }

  /// The name of the file without `.yaml`.
  public let name: String
  /// The path of the file, as shown in messages.
  public let path: String
  public let adapter: AdapterKind
  public let title: Title
  /// The vendor's documents that the file is based on.
  public let documents: [String]
  public let serves: [Channel: [Operation]]
  /// The countries whose phone numbers the vendor authenticates.
  public let countries: ServedCountries
  public let endpoint: HTTPOrigin
  /// Default time limit of a call.
  public let timeout: Duration
  /// Lifetime of the SDK's token.
  public let tokenLife: Duration
  public let sdks: [Channel: SDK]
  /// The required and optional fields of an account.
  public let accountFields: [DeclaredField]
  public let pages: [String: PageKind]
  /// The columns of the vendor's bill; nil: not known.
  public let bill: BillMapping?
  public let table: FailureTable
  /// The wire format, if the file defines it (`adapter: declarative`).
  public let description: DeclarativeDescription?
  public let openQuestions: [OpenQuestion]

  /// Values that a team sends with the token.
  public var inputs: [DeclaredField] { description?.inputs ?? [] }
  var digests: Set<DigestAlgorithm> { description?.digests ?? adapter.digests }
  public var canPrepare: Bool { description?.canPrepare ?? adapter.canPrepare }
  public var canSign: Bool { description?.canSign ?? adapter.canSign }

  func can(_ operation: Operation) -> Bool { description?.can(operation) ?? adapter.can(operation) }

  /// The settings for an adapter. Absent fields have the defaults of the file.
  public func settings(account: String, authority: String, fields: [String: Secret]) -> AccountSettings {
    var fields = fields
    for declared in accountFields {
      if fields[declared.name] == nil, let fallback = declared.fallback { fields[declared.name] = Secret(fallback) }
    }
    return AccountSettings(
      account: account, authority: authority, table: table, countries: countries, fields: fields)
  }

  /// Creates the adapter of one account. Throws if a field of the account is unusable.
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
        "an adapter in Swift, or declarative: this file defines the wire format", meanings: AdapterKind.sessions),
      .optional("extends", .form(.name), "name of another provider file, whose values this file inherits"),
      .required("title", .object([.required("zh", .text), .required("en", .text)]), "name of the product"),
      .required("documents", .list(.text, atLeast: 1), "documents of the vendor that the file is based on"),
      .required(
        "serves",
        .map(
          key: .oneOf(Channel.allCases.map(\.rawValue)),
          value: .list(.choice(Operation.allCases.map(\.rawValue)), atLeast: 1)),
        "operations that the product supports on each channel"),
      .optional(
        "countries", .scalarOr(.choice(["all"]), .list(.form(callingCode), atLeast: 1)),
        "calling codes of the countries whose phone numbers the vendor authenticates, such as [\"+44\", \"+34\"]; by "
          + "default [\"+86\"], mainland China. Numbers of other countries have the form +447700900123 in the API"),
      .required("endpoint", .form(FieldPattern.origin.form), "origin of the vendor's API, without a path"),
      .required(
        "timeout", .duration(.milliseconds(100)...(.seconds(60))),
        "time limit of a call, including name resolution and connecting"),
      .required("tokenLife", .duration(.seconds(1)...(.seconds(86_400))), "lifetime of the SDK's token"),
      .optional(
        "unconfirmed", .map(key: .any, value: .text), "facts that no document of the vendor confirms, with the reason"),
      .optional(
        "sdk",
        .map(
          key: .oneOf(Channel.allCases.map(\.rawValue)),
          value: .object([
            .optional("scripts", .list(.text, atLeast: 1), "addresses of the scripts"),
            .optional("styles", .list(.text, atLeast: 1), "addresses of the style sheets"),
            .optional("package", .text, "name of the package"),
            .optional("global", .text, "object or function that the SDK defines"),
            .optional("entry", .text, "function of the SDK that the page or app calls"),
            .optional("referrer", .text, "content of the element `meta name=\"referrer\"` that an https page needs"),
          ])), "how a page or an app loads the vendor's SDK on each channel"),
      .required("account", .map(key: .name, value: .object(declared)), "fields of an account of this provider"),
      .optional("inputs", .map(key: .name, value: input), "values that a team sends with the token"),
      .optional("pages", PageOptionReader.pages, "types of the vendor's authorisation page"),
      .optional("bill", bill, "columns of the vendor's bill, by their names in the header, for `numgate reconcile`"),
    ] + DeclarativeDescription.fields + [
      .optional(
        "carriers", .list(.form(.name), atLeast: 1),
        "files of `carriers/`: codes of the carriers' own SDKs, which the vendor's SDK passes through"),
      .optional(
        "sdkCodes", .map(key: .oneOf(Channel.allCases.map(\.rawValue)), value: .form(.name)),
        "provider files whose codes of the stages acquire and token apply on a channel, because it has their SDK"),
      .optional("reports", ReportFormReader.shape, "where the SDK's error callback has its codes, by channel"),
      .required(
        "failures", FailureRows.shape,
        "meanings of the vendor's codes: by stage, then by carrier, then by code, prefix or HTTP status"),
    ])

  private static let callingCode = Shape.Form("a calling code such as +44", pattern: "^[+][1-9][0-9]{0,6}$") { text in
    let digits = text.utf8.dropFirst()
    return text.hasPrefix("+") && (1...7).contains(digits.count) && digits.first != UInt8(ascii: "0")
      && digits.allSatisfy { (0x30...0x39).contains($0) }
  }

  private static let declared: [Shape.Field] = [
    .optional("secret", .boolean, "`true` for a value that is never shown; by default `false`"),
    .optional("required", .boolean, "`true` for a value that must be present; by default `false`"),
    .optional("choices", .list(.text, atLeast: 1), "allowed values"),
    .optional(
      "pattern", .choice(FieldPattern.allCases.map(\.rawValue)), "form of the value",
      meanings: FieldPattern.expectations),
    .optional("default", .scalarOr(.any, .text), "value of an absent field"),
    .optional("about", .text, "description, shown to the person who fills it in"),
  ]

  private static let input = Shape.object(
    declared + [
      .optional(
        "for", .list(.choice(["prepare", "login", "verify"]), atLeast: 1),
        "operations that the input belongs to; by default all")
    ])

  /// Reads a file whose shape has been checked. `base` is the file that it extends, `baseNode` the content of `base`,
  /// `carriers` and `sdkTables` the tables of the files that it names.
  init(
    _ node: YAMLNode, name: String, path: String, base: ProviderFile?, baseNode: YAMLNode?,
    carriers: [FailureTable], sdkTables: [Channel: FailureTable], diagnostics: inout Diagnostics
  ) {
    self.name = name
    self.path = path
    // An unknown adapter has its own error. A file with operations is then read as declarative.
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
            path, entry.value.mark, "the adapter '\(adapter.rawValue)' does not support '\(operation.rawValue)'")
        }
        serves[channel] = operations
      }
    }
    self.serves = serves
    countries =
      node["countries"].map { node in
        node.text == "all" ? .all : ServedCountries(callingCodes: node.elements.compactMap(\.text))
      } ?? base?.countries ?? .mainland

    sdks =
      node["sdk"].map { node in
        Dictionary(
          uniqueKeysWithValues: node.entries.compactMap { entry in
            Channel(rawValue: entry.key).map { ($0, SDK(entry.value)) }
          })
      } ?? base?.sdks ?? [:]

    for entry in node["account"]?.entries ?? [] where AccountFile.ownKeys.contains(entry.key) {
      diagnostics.error(
        path, entry.keyMark, "'\(entry.key)' is a key of every account and cannot be the name of a field")
    }
    accountFields = DeclaredField.read(node["account"], over: base?.accountFields ?? [], path, &diagnostics)
    let inputs = DeclaredField.read(node["inputs"], over: base?.inputs ?? [], path, &diagnostics)

    var pageReader = PageOptionReader(path: path)
    pages = node["pages"].map { pageReader.read($0) } ?? base?.pages ?? [:]
    diagnostics.append(pageReader.diagnostics)

    bill = node["bill"].map { Self.readBill($0, path, &diagnostics) } ?? base?.bill

    var rows = FailureRows(base: base?.table.entries ?? [])
    if let node = node["failures"] { rows.read(node, path: path, diagnostics: &diagnostics) }
    let forms = node["reports"].map { ReportFormReader.read($0, path, &diagnostics) } ?? base?.table.forms ?? [:]
    table = FailureTable(
      provider: name, entries: rows.entries, forms: forms,
      carriers: node["carriers"] == nil ? base?.table.carriers ?? [] : carriers,
      sdks: node["sdkCodes"] == nil ? base?.table.sdks ?? [:] : sdkTables)

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
    referrer = node["referrer"]?.text
  }
}
