import JSON
import NumberAuth
import Schema
import YAML

extension OperationReader {
  /// nil after a fault without which there is no request.
  mutating func readRequest(_ node: YAMLNode) -> RequestDescription? {
    let method = node["method"]?.text ?? "POST"
    let path = template(node["path"])
    if let first = path?.pieces.first {
      switch first {
      case .literal(let text) where !text.hasPrefix("/"):
        error(node["path"]?.mark ?? node.mark, "'path' must begin with '/'")
      case .literal(let text) where text.contains("?") || text.contains("#"):
        error(node["path"]?.mark ?? node.mark, "'path' has no query; write it under 'query'")
      default: break
      }
    } else if node["path"] != nil, path != nil {
      error(node["path"]?.mark ?? node.mark, "'path' must begin with '/'")
    }
    let query = node["query"].map { readParameters($0) } ?? []
    let headers = node["headers"].map { readHeaders($0) } ?? []
    var body = RequestDescription.Body.none
    if let form = node["form"] { body = .form(readParameters(form)) }
    if let json = node["json"] {
      if node["form"] != nil { error(json.mark, "a request has one body: 'form' or 'json'") }
      if let form = readJSON(json, "json") { body = .json(form) }
    }
    if method == "GET", node["form"] != nil || node["json"] != nil {
      error(node.mark, "a GET has no body")
    }
    checkJoins(query, body)
    return path.map { RequestDescription(method: method, path: $0, query: query, headers: headers, body: body) }
  }

  /// What is joined must be there, and be values that stand in a row.
  private mutating func checkJoins(_ query: [Parameter], _ body: RequestDescription.Body) {
    for (step, mark, coverage) in coverages {
      guard case .members(let members, let leaveOut) = coverage else { continue }
      var names: [String]?
      switch (members, body) {
      case (.query, _): names = query.map(\.name)
      case (.form, .form(let parameters)): names = parameters.map(\.name)
      case (.json, .json(.object(let members))):
        names = members.map(\.name)
        for member in members where !leaveOut.contains(member.name) {
          switch member.value {
          case .array, .object:
            error(mark, "'\(member.name)' holds more than one value and cannot be joined; leave it out")
          case .literal, .text, .number, .choice: break
          }
        }
      default: break
      }
      guard let names else {
        error(mark, "the step '\(steps[step].name)' joins what this request does not have")
        continue
      }
      for name in leaveOut.sorted() where !names.contains(name) {
        error(mark, "the step '\(steps[step].name)' leaves out '\(name)', which is not there")
      }
    }
  }

  mutating func readParameters(_ node: YAMLNode) -> [Parameter] {
    node.entries.compactMap { entry in
      let optional = entry.value["$optional"]
      guard let value = template(optional ?? entry.value) else { return nil }
      return Parameter(name: entry.key, value: value, isOptional: optional != nil)
    }
  }

  private static let ownHeaders = ["host", "content-length", "transfer-encoding", "connection", "expect", "te"]

  private mutating func readHeaders(_ node: YAMLNode) -> [Parameter] {
    for entry in node.entries {
      let isName =
        !entry.key.isEmpty
        && entry.key.utf8.allSatisfy { byte in
          switch byte {
          case 0x30...0x39, 0x41...0x5a, 0x61...0x7a: true
          default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
          }
        }
      if !isName { error(entry.keyMark, "'\(shortened(entry.key))' is no header's name") }
      if Self.ownHeaders.contains(entry.key.lowercased()) {
        error(entry.keyMark, "'\(entry.key)' is set when the request is sent")
      }
    }
    return readParameters(node)
  }

  // MARK: JSON

  /// A JSON value with templates in its texts. Plain numbers, `true`, `false` and `null` are what YAML has them for.
  mutating func readJSON(_ node: YAMLNode, _ name: String) -> JSONForm? {
    switch node.content {
    case .scalar(let text, let isPlain):
      if isPlain, node.isNull {
        guard !text.isEmpty else {
          error(node.mark, "'\(name)' is empty; write \"\" for an empty text, null for JSON's null")
          return nil
        }
        return .literal("null")
      }
      if let bool = node.bool { return .literal(bool ? "true" : "false") }
      if isPlain, Self.isJSONNumber(text) { return .literal(text) }
      return template(node).map { .text($0) }
    case .sequence(let elements):
      var forms: [JSONForm] = []
      for (index, element) in elements.enumerated() {
        if let form = readJSON(element, "\(name)[\(index)]") { forms.append(form) }
      }
      return .array(forms)
    case .mapping(let entries):
      if entries.count == 1, entries[0].key == "$number" { return template(entries[0].value).map { .number($0) } }
      if node["$choose"] != nil { return readJSONChoice(node, name) }
      return .object(entries.compactMap { readMember($0, name) })
    }
  }

  private mutating func readJSONChoice(_ node: YAMLNode, _ name: String) -> JSONForm? {
    guard case .account(let field)? = template(node["$choose"])?.single, let choices = scope.account[field]?.choices
    else {
      error(node.mark, "'$choose' is by a field of the account that has choices, such as ${account.mode}")
      return nil
    }
    for entry in node.entries where entry.key != "$choose" && entry.key != "of" {
      error(entry.keyMark, "unknown key '\(shortened(entry.key))' beside '$choose'; known: of")
    }
    let of = node["of"]?.entries ?? []
    for entry in of where !choices.contains(entry.key) {
      error(
        entry.keyMark, "'\(field)' is never '\(shortened(entry.key))'; its choices: " + choices.joined(separator: ", "))
    }
    let missing = choices.filter { choice in !of.contains { $0.key == choice } }
    if !missing.isEmpty { error(node.mark, "nothing is said for \(missing.joined(separator: ", "))") }
    var forms: [(key: String, form: JSONForm)] = []
    for entry in of { if let form = readJSON(entry.value, name) { forms.append((entry.key, form)) } }
    return .choice(field: field, of: forms)
  }

  private mutating func readMember(_ entry: YAMLNode.Entry, _ name: String) -> JSONForm.Member? {
    let path = name + "." + entry.key
    if entry.key.hasPrefix("$") {
      error(
        entry.keyMark,
        "'\(shortened(entry.key))' is no name here; known: {$number: …}, {$optional: …}, {$choose: …, of: …}")
      return nil
    }
    let inner = entry.value.entries
    guard inner.count == 1, inner[0].key == "$optional" else {
      return readJSON(entry.value, path).map { .init(name: entry.key, value: $0, isOptional: false) }
    }
    guard let value = readJSON(inner[0].value, path) else { return nil }
    switch value {
    case .text, .number: return .init(name: entry.key, value: value, isOptional: true)
    case .literal, .array, .object, .choice:
      error(inner[0].value.mark, "'$optional' holds a text or {$number: …}: something that may come to nothing")
      return nil
    }
  }

  static func isJSONNumber(_ text: String) -> Bool {
    guard let first = text.utf8.first, first == UInt8(ascii: "-") || (0x30...0x39).contains(first) else { return false }
    guard let value = try? JSONValue.parse(text) else { return false }
    return value.kind == .number
  }
}
