public import Networking
public import NumberAuth
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

  /// One field that an account of this provider must or may give.
  public struct AccountField: Sendable {
    public let name: String
    public let isSecret: Bool
    public let isRequired: Bool
    public let choices: [String]?
    public let pattern: FieldPattern?
    public let about: String?
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
  public let accountFields: [AccountField]
  public let pages: [String: PageKind]
  public let table: FailureTable
}

/// A few named forms instead of regular expressions: a file cannot bring a pattern that never ends.
public enum FieldPattern: String, Sendable, CaseIterable {
  case digits
  case word
  case origin
  case url
  case codes

  func matches(_ text: String) -> Bool {
    switch self {
    case .digits: !text.isEmpty && text.utf8.allSatisfy { $0 >= 0x30 && $0 <= 0x39 }
    case .word: !text.isEmpty && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f }
    case .origin: HTTPOrigin(text) != nil
    case .url: text.hasPrefix("https://") || text.hasPrefix("http://")
    case .codes: !text.isEmpty && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f || $0 == 0x20 }
    }
  }

  var expectation: String {
    switch self {
    case .digits: "digits only"
    case .word: "printable ASCII without blanks"
    case .origin: "an origin such as https://host or http://host:port"
    case .url: "an http or https URL"
    case .codes: "codes separated by commas"
    }
  }
}

extension ProviderFile {
  static let shape = Shape.object([
    .required("adapter", .choice(AdapterKind.allCases.map(\.rawValue))),
    .optional("extends", .form("a provider's name", Shape.Key.name.isValid)),
    .required("title", .object([.required("zh", .text), .required("en", .text)])),
    .required("documents", .list(.text, atLeast: 1)),
    .required(
      "serves",
      .map(
        key: .oneOf(Channel.allCases.map(\.rawValue)),
        value: .list(.choice(Operation.allCases.map(\.rawValue)), atLeast: 1))),
    .required("endpoint", .form(FieldPattern.origin.expectation, FieldPattern.origin.matches)),
    .required("timeout", .duration(.milliseconds(100)...(.seconds(60)))),
    .required("tokenLife", .duration(.seconds(1)...(.seconds(86_400)))),
    .required(
      "sdk",
      .map(
        key: .oneOf(Channel.allCases.map(\.rawValue)),
        value: .object([
          .optional("scripts", .list(.text, atLeast: 1)), .optional("styles", .list(.text, atLeast: 1)),
          .optional("package", .text), .optional("global", .text), .optional("entry", .text),
        ]))),
    .required(
      "account",
      .map(
        key: .name,
        value: .object([
          .optional("secret", .boolean), .optional("required", .boolean),
          .optional("choices", .list(.text, atLeast: 1)),
          .optional("pattern", .choice(FieldPattern.allCases.map(\.rawValue))), .optional("about", .text),
        ]))),
    .optional(
      "pages",
      .map(
        key: .name,
        value: .object([
          .required("about", .text), .optional("options", .map(key: .name, value: .list(.text, atLeast: 0))),
        ]))),
    .required("failures", FailureRows.shape),
  ])

  /// Reads a file that has passed the check of its shape. `base` is the file it extends.
  init(_ node: YAMLNode, name: String, path: String, base: ProviderFile?, diagnostics: inout Diagnostics) {
    self.name = name
    self.path = path
    adapter = node["adapter"]?.text.flatMap(AdapterKind.init) ?? base?.adapter ?? .chinaMobileApp
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
        for operation in operations where !adapter.can(operation) {
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

    var fields = base?.accountFields ?? []
    for entry in node["account"]?.entries ?? [] {
      let field = AccountField(name: entry.key, entry.value)
      if AccountFile.ownKeys.contains(entry.key) {
        diagnostics.error(path, entry.keyMark, "'\(entry.key)' is every account's own key and cannot be a field")
      }
      if let index = fields.firstIndex(where: { $0.name == entry.key }) {
        fields[index] = field
      } else {
        fields.append(field)
      }
    }
    accountFields = fields

    pages =
      node["pages"].map { node in
        Dictionary(uniqueKeysWithValues: node.entries.map { ($0.key, PageKind($0.value)) })
      } ?? base?.pages ?? [:]

    var rows = FailureRows(base: base?.table.entries ?? [])
    if let node = node["failures"] { rows.read(node, path: path, diagnostics: &diagnostics) }
    table = FailureTable(provider: name, entries: rows.entries)
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

extension ProviderFile.AccountField {
  fileprivate init(name: String, _ node: YAMLNode) {
    self.name = name
    isSecret = node["secret"]?.bool ?? false
    isRequired = node["required"]?.bool ?? false
    choices = node["choices"]?.elements.compactMap(\.text)
    pattern = node["pattern"]?.text.flatMap(FieldPattern.init)
    about = node["about"]?.text
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
