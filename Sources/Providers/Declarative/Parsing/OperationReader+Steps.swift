import Cryptography
import NumberAuth
import Schema
import YAML

extension OperationReader {
  /// Reads the action of a step and determines whether its value is text or bytes. Returns nil after an error.
  mutating func readAction(_ node: YAMLNode) -> (action: StepAction, kind: ValueKind)? {
    if let cipher = node.entries.lazy.compactMap({ Cipher.named($0.key) }).first { return readCipher(cipher, node) }
    if let (name, digest) = Self.digests.first(where: { node[$0.name] != nil }) {
      guard let operand = template(node[name], bytes: true) else { return nil }
      return Self.encoded(node) { .digest(digest, operand, $0) }
    }
    for (name, digest) in Self.hmacs where node[name] != nil {
      let operand = template(node[name], bytes: true)
      let key = template(node["key"], bytes: true)
      guard let operand, let key else { return nil }
      warnAboutKey(key, node["key"])
      return Self.encoded(node) { .hmac(digest, operand, key: key, $0) }
    }
    if node["time"] != nil { return readTime(node) }
    if let form = node["write-json"] { return readJSON(form, "write-json").map { (.json($0), .text) } }
    if node["nonce"] != nil { return readNonce(node) }
    if node["choose"] != nil { return readChoice(node) }
    if node["join"] != nil { return readJoin(node) }
    if node["canonical-request"] != nil { return readCanonicalRequest(node) }
    if let name = Self.keyPairSteps.first(where: { node[$0] != nil }) { return readKeyPair(name, node) }
    return readTextAction(node)
  }

  static let digests: [(name: String, digest: DigestAlgorithm)] = [
    ("md5", .md5), ("sha1", .sha1), ("sha256", .sha256), ("sha384", .sha384), ("sha512", .sha512), ("sm3", .sm3),
  ]
  private static let hmacs: [(name: String, digest: DigestAlgorithm)] = [
    ("hmac-sha1", .sha1), ("hmac-sha256", .sha256), ("hmac-sha512", .sha512), ("hmac-sm3", .sm3),
  ]

  /// An action whose result is bytes, written in the format that `as` selects.
  static func encoded(
    _ node: YAMLNode, default fallback: Encoding = .bytes, _ make: (Encoding) -> StepAction
  ) -> (action: StepAction, kind: ValueKind) {
    let encoding = node["as"]?.text.flatMap(Encoding.init) ?? fallback
    return (make(encoding), encoding.kind)
  }

  static func decoding(_ node: YAMLNode) -> Decoding { node["from"]?.text.flatMap(Decoding.init) ?? .bytes }

  // MARK: Values

  private mutating func readTime(_ node: YAMLNode) -> (action: StepAction, kind: ValueKind)? {
    guard let form = node["time"]?.text.flatMap(WallTime.Form.init) else { return nil }
    let zone = node["zone"]?.text.flatMap(WallTime.Zone.init)
    if form.needsZone, zone == nil, node["zone"] == nil {
      error(
        node["time"]?.mark ?? node.mark, "'time: \(form.rawValue)' needs 'zone: china' or 'zone: utc'")
    } else if !form.needsZone, let given = node["zone"] {
      error(given.mark, "'time: \(form.rawValue)' does not depend on a zone; remove 'zone'")
    }
    return (.time(form, zone ?? .utc, after: node["after"]?.text.flatMap(parseDuration) ?? .zero), .text)
  }

  private mutating func readNonce(_ node: YAMLNode) -> (action: StepAction, kind: ValueKind)? {
    let length = node["length"]?.int
    switch node["nonce"]?.text {
    case "digits":
      guard let length else {
        // A length that is not a number has already been reported.
        if node["length"] == nil {
          error(node["nonce"]?.mark ?? node.mark, "'nonce: digits' needs 'length', from 1 to 30")
        }
        return (.nonce(.digits(1)), .text)
      }
      return (.nonce(.digits(length)), .text)
    case let form?:
      if node["length"] != nil {
        error(node["length"]?.mark ?? node.mark, "'nonce: \(shortened(form))' has a fixed length; remove 'length'")
      }
      return (.nonce(form == "uuid" ? .uuid : .hex), .text)
    case nil: return nil
    }
  }

  private mutating func readTextAction(_ node: YAMLNode) -> (action: StepAction, kind: ValueKind)? {
    if node["text"] != nil { return template(node["text"]).map { (.text($0), .text) } }
    if node["upper"] != nil { return template(node["upper"]).map { (.upper($0), .text) } }
    if node["lower"] != nil { return template(node["lower"]).map { (.lower($0), .text) } }
    if node["json"] != nil {
      let pointers = pointers(node["at"])
      return template(node["json"]).map { (.member($0, at: pointers), .text) }
    }
    if let list = node["first"] {
      var choices: [Template] = []
      for element in list.elements { if let choice = template(element) { choices.append(choice) } }
      return (.first(choices), .text)
    }
    if node["encode"] != nil { return readEncode(node) }
    if let list = node["concat"] {
      var parts: [Template] = []
      for element in list.elements { if let part = template(element, bytes: true) { parts.append(part) } }
      return Self.encoded(node) { .concat(parts, $0) }
    }
    if node["decode"] != nil {
      guard let operand = template(node["decode"]) else { return nil }
      return Self.encoded(node) { .decode(operand, Self.decoding(node), $0) }
    }
    let part = node["slice"] == nil ? "repeat" : "slice"
    guard let operand = template(node[part], bytes: true) else { return nil }
    let kind = TemplateReader(scope: scope).kind(of: operand)
    if part == "repeat" { return (.repeated(operand, length: node["length"]?.int ?? 1), kind) }
    if let to = node["to"], node["length"] != nil {
      error(to.mark, "a slice ends after 'length' units or at 'to'; remove one of them")
    }
    let end: SliceRange.End =
      if let length = node["length"]?.int { .length(length) } else { node["to"]?.int.map { .position($0) } ?? .end }
    return (.slice(operand, SliceRange(start: node["from"]?.int ?? 0, end: end)), kind)
  }

  private mutating func readEncode(_ node: YAMLNode) -> (action: StepAction, kind: ValueKind)? {
    guard let operand = template(node["encode"], bytes: true) else { return nil }
    let encoding = node["as"]?.text.flatMap(Encoding.init) ?? .hex
    if encoding == .percent, TemplateReader(scope: scope).kind(of: operand) == .bytes {
      error(node["as"]?.mark ?? node.mark, "bytes cannot be percent-encoded; encode a text")
    }
    return (.encode(operand, encoding), encoding.kind)
  }

  private mutating func readChoice(_ node: YAMLNode) -> (action: StepAction, kind: ValueKind)? {
    let operand = template(node["choose"])
    var choices: [(key: String, value: Template)] = []
    for entry in node["of"]?.entries ?? [] {
      plain(entry.key, entry.keyMark)
      if let value = template(entry.value, bytes: true) { choices.append((entry.key, value)) }
    }
    let otherwise = template(node["otherwise"], bytes: true)
    guard let operand else { return nil }
    // An empty text is also empty bytes.
    let kinds = (choices.map(\.value) + [otherwise].compactMap { $0 }).filter { value in
      if case .step(let index) = value.single { !broken.contains(index) } else { !value.pieces.isEmpty }
    }.map { TemplateReader(scope: scope).kind(of: $0) }
    if kinds.contains(.bytes), kinds.contains(.text) {
      error(node["of"]?.mark ?? node.mark, "the values of 'choose' must all be texts, or all bytes")
    }
    if case .account(let field) = operand.single, let known = scope.account[field]?.choices {
      for entry in node["of"]?.entries ?? [] where !known.contains(entry.key) {
        reportUnknownChoice(entry, field, known)
      }
      let missing = known.filter { choice in !choices.contains { $0.key == choice } }
      if node["otherwise"] == nil, !missing.isEmpty, choices.count == node["of"]?.entries.count {
        error(
          node["choose"]?.mark ?? node.mark,
          "'of' has no value for \(missing.joined(separator: ", ")); add it, or add 'otherwise'")
      }
    } else if node["otherwise"] == nil {
      error(
        node["choose"]?.mark ?? node.mark,
        "'otherwise' is missing: it is required unless 'choose' is an account field with 'choices'")
    }
    return (.choose(operand, of: choices, otherwise: otherwise), kinds.contains(.bytes) ? .bytes : .text)
  }

  // MARK: Signed texts

  private mutating func readJoin(_ node: YAMLNode) -> (action: StepAction, kind: ValueKind)? {
    guard let source = node["join"], let style = node["write"]?.text.flatMap(Join.Style.init) else { return nil }
    for key in ["between", "leaveOut", "skipEmpty"] { plain(node[key]) }
    let leaveOut = Set((node["leaveOut"]?.elements ?? []).compactMap(\.text))
    let members: Join.Members
    switch source.text {
    case "form": members = .form
    case "query": members = .query
    case "json": members = .json
    default: members = .written(readParameters(source))
    }
    if scope.isAnswer, source.text != nil {
      error(source.mark, "the request has already been sent; list the parameters to join in this step")
    } else if source.text != nil {
      cover(.members(members, leaveOut: leaveOut), source.mark)
    }
    if case .written(let parameters) = members {
      for name in leaveOut.sorted() where !parameters.contains(where: { $0.name == name }) {
        error(
          node["leaveOut"]?.mark ?? node.mark,
          "'leaveOut' lists '\(shortened(name))', but there is no such parameter"
            + suggestion(for: name, among: parameters.map(\.name)))
      }
    }
    let skip: Join.Skip =
      if let flag = node["skipEmpty"]?.bool { flag ? .all : .none } else {
        node["skipEmpty"].map { .these(Set($0.elements.compactMap(\.text))) } ?? .none
      }
    return (
      .join(
        Join(
          members: members, style: style, separator: node["between"]?.text ?? "",
          isSorted: node["order"]?.text != "written", leaveOut: leaveOut, skipEmpty: skip,
          isPercentEncoded: node["percent"]?.bool ?? false)), .text
    )
  }

  private mutating func readCanonicalRequest(_ node: YAMLNode) -> (action: StepAction, kind: ValueKind)? {
    guard let payload = template(node["payload"]) else { return nil }
    guard !scope.isAnswer else {
      error(node.mark, "the request has already been sent; move 'canonical-request' to the steps of the request")
      return nil
    }
    var names: [String] = []
    for element in node["canonical-request"]?.elements ?? [] {
      guard let name = element.text else { continue }
      if name != name.lowercased() {
        error(element.mark, "signed headers must be in lower case; write '\(shortened(name.lowercased()))'")
      }
      names.append(name)
      if name != "host" { cover(.header(name.lowercased()), element.mark) }
    }
    cover(.part(.path), node.mark)
    cover(.part(.query), node.mark)
    return (.canonicalRequest(headers: names, payload: payload), .text)
  }
}
