import Schema
import YAML

/// Reads the `pages` of a provider file: the options of each page type, as the shape that the options of an app must
/// have.
struct PageOptionReader {
  let path: String
  private(set) var diagnostics = Diagnostics()

  init(path: String) { self.path = path }

  mutating func read(_ node: YAMLNode) -> [String: ProviderFile.PageKind] {
    var pages: [String: ProviderFile.PageKind] = [:]
    for entry in node.entries {
      pages[entry.key] = ProviderFile.PageKind(
        about: entry.value["about"]?.text ?? "",
        options: entry.value["options"].map { group($0, "pages.\(shortened(entry.key)).options") })
    }
    return pages
  }

  /// The shape of a group, whose form has been checked.
  private mutating func group(_ node: YAMLNode, _ place: String) -> Shape {
    .object(
      node.entries.map { entry in
        field(entry, among: node, "\(place).\(shortened(entry.key))")
      })
  }

  private mutating func field(_ entry: YAMLNode.Entry, among group: YAMLNode, _ place: String) -> Shape.Field {
    let node = entry.value
    guard isDeclaration(node) else { return .optional(entry.key, shape(of: node, place)) }
    let shape = shape(of: node, place)
    let about = node["about"]?.text
    checkDefault(of: node, shape, place)
    let isRequired = node["required"]?.bool == true
    for key in ["default", "requiredIf"] where isRequired {
      guard let other = node[key] else { continue }
      diagnostics.error(path, other.mark, "'\(place)' is required; remove 'required' or '\(key)'")
    }
    if isRequired { return .required(entry.key, shape, about) }
    return .optional(
      entry.key, shape, about, default: Self.defaultValue(node["default"]),
      requiredIf: condition(node["requiredIf"], in: group, place))
  }

  private mutating func shape(of node: YAMLNode, _ place: String) -> Shape {
    switch node.content {
    case .scalar(let text, _): return PageOptionValues(text)?.shape(atMost: nil) ?? .any
    case .sequence(let names):
      return names.isEmpty ? .any : .object(names.compactMap(\.text).map { .optional($0, .any) })
    case .mapping where !isDeclaration(node): return group(node, place)
    case .mapping: break
    }
    let kind = node["kind"]?.text ?? ""
    if kind != "group", let fields = node.entries.first(where: { $0.key == "fields" }) {
      diagnostics.error(path, fields.keyMark, "'\(place).fields' requires 'kind: group'")
    }
    if kind != "text", let length = node.entries.first(where: { $0.key == "maxLength" }) {
      diagnostics.error(path, length.keyMark, "'\(place).maxLength' requires 'kind: text'")
    }
    if kind == "group" {
      guard let fields = node["fields"] else {
        diagnostics.error(path, node.mark, "'\(place).fields' is missing: a group needs fields")
        return .any
      }
      return group(fields, place + ".fields")
    }
    return PageOptionValues(kind)?.shape(atMost: node["maxLength"]?.int) ?? .any
  }

  private func isDeclaration(_ node: YAMLNode) -> Bool { node["kind"] != nil }

  /// Reports a default that is not a value of the option.
  private mutating func checkDefault(of node: YAMLNode, _ shape: Shape, _ place: String) {
    guard let value = node["default"] else { return }
    var checker = ShapeChecker(file: path)
    checker.check(value, shape, place + ".default")
    diagnostics.append(checker.diagnostics)
  }

  private static func defaultValue(_ node: YAMLNode?) -> Shape.Default? {
    guard let node, let text = node.text else { return nil }
    return node.bool.map { .boolean($0) } ?? node.int.map { .number($0) } ?? .text(text)
  }

  /// The boolean field of the same group that `requiredIf` names.
  private mutating func condition(
    _ name: YAMLNode?, in group: YAMLNode, _ place: String
  ) -> Shape.Field.Condition? {
    guard let name, let text = name.text else { return nil }
    func isBoolean(_ node: YAMLNode) -> Bool { (node["kind"] ?? node).text == "boolean" }
    guard let other = group[text], isBoolean(other) else {
      let known = group.entries.filter { isBoolean($0.value) }.map(\.key)
      diagnostics.error(
        path, name.mark,
        "'\(place).requiredIf': there is no boolean field '\(shortened(text))' in the same group"
          + suggestion(for: text, among: known))
      return nil
    }
    return Shape.Field.Condition(text, default: other["default"]?.text == "true")
  }
}

extension PageOptionReader {
  /// The form of `pages` in a provider file.
  static let pages = Shape.map(
    key: .name,
    value: .object([
      .required("about", .text, "description of the page type"),
      .optional(
        "options", .map(key: .name, value: option),
        "options that an app can set; by default the page type has no options"),
    ]))

  /// A kind; the names of fields with any value; a group of options; or a declaration, which has the key `kind`.
  private static let option: Shape = .recursive("pageOption") {
    .byNode(
      scalar: .form(PageOptionValues.form), list: .list(.text, atLeast: 0),
      mapping: .ifKey("kind", declaration, otherwise: .map(key: .name, value: option)))
  }

  private static let declaration = Shape.object([
    .required("kind", .form(PageOptionValues.declaredForm), "kind of the value, words, or both: `length | center`"),
    .optional("required", .boolean, "`true` for a value that must be present; by default `false`"),
    .optional("requiredIf", .form(.name), "a boolean field of the same group: required if it is true"),
    .optional("default", .any, "value that the SDK uses if the app sets none"),
    .optional("maxLength", .integer(1...65_536), "maximum number of characters of a text"),
    .optional("fields", .map(key: .name, value: option), "the fields of a group"),
    .optional("about", .text, "description, shown to the person who configures the page"),
  ])
}
