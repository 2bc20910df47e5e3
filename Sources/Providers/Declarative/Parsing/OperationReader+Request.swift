import JSON
import NumberAuth
import Schema
import YAML

extension OperationReader {
  /// Returns nil after an error that prevents building a request.
  mutating func readRequest(_ node: YAMLNode) -> RequestDescription? {
    let method = node["method"]?.text ?? "POST"
    let path = template(node["path"])
    if let path { check(path: path, node["path"] ?? node) }
    let query = node["query"].map { readParameters($0) } ?? []
    let headers = node["headers"].map { readHeaders($0) } ?? []
    let body = readBody(node)
    if method == "GET", let key = RequestDescription.bodyKeys.first(where: { node[$0] != nil }) {
      error(keyMark(key, node), "a GET request cannot have a body")
    }
    guard let path else { return nil }
    let request = RequestDescription(
      endpoint: readEndpoint(node["endpoint"]),
      charset: node["charset"]?.text.flatMap(RequestDescription.Charset.init) ?? .utf8, method: method, path: path,
      query: query, headers: headers, body: body)
    for (part, key) in [(RequestPart.path, "path"), (.query, "query")]
      + RequestDescription.bodyKeys.map({ (.body, $0) })
    {
      guard let place = node[key], request.references(of: .part(part)).parts.contains(part) else { continue }
      error(place.mark, "'${request.\(part.rawValue)}' depends on itself")
    }
    return request
  }

  /// An origin, or a field of the account that contains one.
  private mutating func readEndpoint(_ node: YAMLNode?) -> Template? {
    guard let node, let template = template(node) else { return nil }
    let isOfAccount = template.references.allSatisfy { if case .account = $0 { true } else { false } }
    if !isOfAccount {
      error(node.mark, "'endpoint' must be an origin such as https://auth.example.com, or a field of the account")
    }
    return template
  }

  func keyMark(_ key: String, _ node: YAMLNode) -> YAMLMark {
    node.entries.first { $0.key == key }?.keyMark ?? node.mark
  }

  private mutating func check(path: Template, _ node: YAMLNode) {
    let passes = path.references.isEmpty ? [] : stepsWithCallValues
    for case .step(let index) in path.references where index < passes.count && passes[index] {
      error(
        node.mark,
        "the step '\(shortened(steps[index].name))' puts a value of the call into the path; encode it there with "
          + "{encode: …, as: percent}")
    }
    if case .literal(let text)? = path.pieces.first, text.hasPrefix("/") {
    } else if case .reference? = path.pieces.first {
    } else {
      error(node.mark, "'path' must begin with '/'")
    }
    let literals = path.pieces.compactMap { piece -> String? in
      if case .literal(let text) = piece { text } else { nil }
    }
    if literals.contains(where: { $0.utf8.contains { "?#".utf8.contains($0) } }) {
      error(node.mark, "'path' must not contain '?' or '#'; define parameters under 'query'")
    } else if literals.contains(where: { $0.utf8.contains { $0 <= 0x20 || $0 >= 0x7f } }) {
      error(node.mark, "'path' must be printable ASCII without spaces; percent-encode other characters")
    }
  }

  /// For each step, whether a text of the call is a part of its result, as it is. A step refers to earlier steps only.
  private var stepsWithCallValues: [Bool] {
    var passes: [Bool] = []
    func contains(_ template: Template) -> Bool {
      template.references.contains { reference in
        switch reference {
        case .call(let value): ![.carrier, .channel, .operation].contains(value)
        case .input: true
        case .step(let index): index < passes.count && passes[index]
        case .account, .request, .credential, .answer, .header: false
        }
      }
    }
    for step in steps {
      let passesValues: Bool =
        switch step.action {
        case .digest, .hmac, .sign, .encrypt, .time, .nonce: false
        case .encode(_, .hex), .encode(_, .upperHex), .encode(_, .base64url), .encode(_, .percent): false
        case .concat(_, .hex), .concat(_, .upperHex), .concat(_, .base64url), .concat(_, .percent): false
        case .choose(_, let choices, let otherwise):
          (choices.map(\.value) + [otherwise].compactMap { $0 }).contains(where: contains)
        default: step.action.operands.contains(where: contains)
        }
      passes.append(passesValues)
    }
    return passes
  }

  /// Checks that a covered part exists, and that joined parameters are scalar values.
  mutating func check(_ part: CoveredPart, _ request: RequestDescription) {
    let step = shortened(steps[part.step].name)
    switch part.coverage {
    case .part(.body):
      if case .none = request.body {
        error(part.mark, "the step '\(step)' covers the request's body, but the request has no body")
      }
    case .part: break
    case .header(let name):
      let names = request.headers.map { $0.name.lowercased() }
      var hasBody = true
      if case .none = request.body { hasBody = false }
      if !names.contains(name), name != "content-type" || !hasBody {
        error(
          part.mark, "the request has no header '\(shortened(name))'" + suggestion(for: name, among: names + ["host"]))
      }
    case .members(let members, let leaveOut): check(members, leaveOut, request, step, part.mark)
    }
  }

  private mutating func check(
    _ members: Join.Members, _ leaveOut: Set<String>, _ request: RequestDescription, _ step: String, _ mark: YAMLMark
  ) {
    let names: [String]
    switch (members, request.body) {
    case (.written, _): return
    case (.query, _) where !request.query.isEmpty: names = request.query.map(\.name)
    case (.form, .form(let parameters)), (.form, .multipart(let parameters)): names = parameters.map(\.name)
    case (.json, .json(.object(let members))):
      names = members.map(\.name)
      for member in members where !leaveOut.contains(member.name) {
        switch member.value {
        case .array, .object:
          error(
            mark, "'\(shortened(member.name))' is an array or object and cannot be joined; list it under 'leaveOut'")
        case .literal, .text, .number, .choice: break
        }
      }
    default: return error(mark, "the step '\(step)' joins parameters that this request does not have")
    }
    for name in leaveOut.sorted() where !names.contains(name) {
      error(
        mark,
        "the step '\(step)' excludes '\(shortened(name))', but there is no such parameter"
          + suggestion(for: name, among: names))
    }
  }

  mutating func readParameters(_ node: YAMLNode) -> [Parameter] {
    node.entries.map { entry in
      plain(entry.key, entry.keyMark)
      let optional = entry.value["$optional"]
      // A parameter that cannot be parsed still counts as defined, so that it is not reported as missing.
      let value = template(optional ?? entry.value) ?? .literal("")
      return Parameter(name: entry.key, value: value, isOptional: optional != nil)
    }
  }

  private static let reservedHeaders = ["host", "content-length", "transfer-encoding", "connection", "expect", "te"]

  private mutating func readHeaders(_ node: YAMLNode) -> [Parameter] {
    var seen: Set<String> = []
    for entry in node.entries {
      if !seen.insert(entry.key.lowercased()).inserted {
        error(entry.keyMark, "duplicate header '\(shortened(entry.key))': header names are case-insensitive")
      }
      let isName =
        !entry.key.isEmpty
        && entry.key.utf8.allSatisfy { byte in
          switch byte {
          case 0x30...0x39, 0x41...0x5a, 0x61...0x7a: true
          default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
          }
        }
      if !isName { error(entry.keyMark, "'\(shortened(entry.key))' is not a valid header name") }
      if Self.reservedHeaders.contains(entry.key.lowercased()) {
        error(entry.keyMark, "'\(shortened(entry.key))' is set by Numgate; remove it")
      }
    }
    let headers = readParameters(node)
    for header in headers {
      for case .literal(let text) in header.value.pieces where !BoundRequest.isHeaderText(text) {
        let place = node[header.name].map { $0["$optional"] ?? $0 }
        error(place?.mark ?? node.mark, "a header value must be printable ASCII")
      }
    }
    return headers
  }

  // MARK: JSON

  /// A JSON value with templates in its texts. Plain numbers, `true`, `false` and `null` have their YAML types.
  /// `isMember`: the node is the whole value of an object member, so that an alternative of `$choose` can be omitted.
  mutating func readJSON(_ node: YAMLNode, _ name: String, isMember: Bool = false) -> JSONForm? {
    switch node.content {
    case .scalar(let text, let isPlain):
      if isPlain, node.isNull {
        guard !text.isEmpty else {
          error(node.mark, "'\(name)' is empty; write \"\" for an empty text or null for JSON null")
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
      if let number = entries.first(where: { $0.key == "$number" }) {
        for other in entries where other.key != "$number" {
          error(other.keyMark, "'$number' cannot be combined with '\(shortened(other.key))'")
        }
        guard number.value.text != nil else {
          error(number.value.mark, "'$number' must be a text that evaluates to a number, such as ${timestamp}")
          return nil
        }
        return template(number.value).map { .number($0) }
      }
      if let optional = entries.first(where: { $0.key == "$optional" }) {
        // `$optional` of a member is read with the member.
        error(optional.keyMark, "'$optional' is only allowed as the whole value of an object member")
        return nil
      }
      if node["$choose"] != nil { return readJSONChoice(node, name, isMember: isMember) }
      return .object(entries.compactMap { readMember($0, name) })
    }
  }

  private mutating func readJSONChoice(_ node: YAMLNode, _ name: String, isMember: Bool) -> JSONForm? {
    for entry in node.entries where entry.key != "$choose" && entry.key != "of" {
      error(entry.keyMark, "unknown key '\(shortened(entry.key))' next to '$choose'; known: of")
    }
    let chooser = node["$choose"]
    let before = diagnostics.found.count
    guard case .account(let field)? = template(chooser)?.single, let choices = scope.account[field]?.choices else {
      if diagnostics.found.count == before {
        error(
          chooser?.mark ?? node.mark,
          "'$choose' must be an account field with 'choices', such as ${account.mode}")
      }
      return nil
    }
    guard case .mapping(let of)? = node["of"]?.content else {
      error(node["of"]?.mark ?? node.mark, "'$choose' needs 'of': a mapping from each choice to the value that is sent")
      return nil
    }
    for entry in of where !choices.contains(entry.key) { reportUnknownChoice(entry, field, choices) }
    let missing = choices.filter { choice in !of.contains { $0.key == choice } }
    if !missing.isEmpty {
      error(
        chooser?.mark ?? node.mark, "'of' has no value for \(missing.joined(separator: ", ")); add it")
    }
    var forms: [(key: String, alternative: JSONForm.Alternative)] = []
    for entry in of {
      if let optional = isMember ? Self.optional(entry.value) : nil {
        if let form = readOptional(optional, name) { forms.append((entry.key, .init(form: form, isOptional: true))) }
      } else if let form = readJSON(entry.value, name, isMember: isMember) {
        forms.append((entry.key, .init(form: form, isOptional: false)))
      }
    }
    return .choice(field: field, of: forms)
  }

  mutating func reportUnknownChoice(_ entry: YAMLNode.Entry, _ field: String, _ choices: [String]) {
    error(
      entry.keyMark,
      "'\(shortened(entry.key))' is not a choice of '\(field)'"
        + (nearest(to: entry.key, among: choices).map { "; did you mean '\($0)'?" }
          ?? "; known: " + choices.joined(separator: ", ")))
  }

  private mutating func readMember(_ entry: YAMLNode.Entry, _ name: String) -> JSONForm.Member? {
    let path = name + "." + shortened(entry.key)
    if entry.key.hasPrefix("$") {
      error(
        entry.keyMark,
        "unknown key '\(shortened(entry.key))'"
          + (nearest(to: entry.key, among: ["$number", "$optional", "$choose"]).map { "; did you mean '\($0)'?" }
            ?? "; known: {$number: …}, {$optional: …}, {$choose: …, of: …}"))
      return nil
    }
    plain(entry.key, entry.keyMark)
    guard let optional = Self.optional(entry.value) else {
      let value = readJSON(entry.value, path, isMember: true) ?? .literal("null")
      return .init(name: entry.key, value: value, isOptional: false)
    }
    return readOptional(optional, path).map { .init(name: entry.key, value: $0, isOptional: true) }
  }

  /// The content of `{$optional: …}`; nil for all other values.
  private static func optional(_ node: YAMLNode) -> YAMLNode? {
    node.entries.count == 1 ? node["$optional"] : nil
  }

  private mutating func readOptional(_ node: YAMLNode, _ path: String) -> JSONForm? {
    guard let value = readJSON(node, path) else { return nil }
    switch value {
    case .text, .number: return value
    case .literal, .array, .object, .choice:
      error(node.mark, "'$optional' must contain a text or {$number: …}")
      return nil
    }
  }

  static func isJSONNumber(_ text: String) -> Bool {
    guard let first = text.utf8.first, first == UInt8(ascii: "-") || (0x30...0x39).contains(first) else { return false }
    guard let value = try? JSONValue.parse(text) else { return false }
    return value.kind == .number
  }
}
