import Schema
import XML
import YAML

extension RequestDescription {
  /// The keys of a request that define a body.
  static let bodyKeys = ["form", "json", "xml", "multipart", "raw"]
}

extension OperationReader {
  mutating func readBody(_ node: YAMLNode) -> RequestDescription.Body {
    let keys = RequestDescription.bodyKeys.filter { node[$0] != nil }
    if keys.count > 1 {
      error(keyMark(keys[1], node), "a request has one body: use either '\(keys[0])' or '\(keys[1])'")
    }
    if node["contentType"] != nil, keys.first != "raw" {
      error(keyMark("contentType", node), "'contentType' belongs to 'raw'; set the header Content-Type under 'headers'")
    }
    var body = RequestDescription.Body.none
    if let form = node["form"] { body = .form(readParameters(form)) }
    if let multipart = node["multipart"] { body = readMultipart(multipart, node) }
    if let json = node["json"], let form = readJSON(json, "json") { body = .json(form) }
    if let xml = node["xml"], let form = readXML(xml) { body = .xml(form) }
    if let raw = node["raw"], let template = template(raw, bytes: true) {
      body = .raw(template, contentType: readContentType(node))
    }
    return body
  }

  private mutating func readContentType(_ node: YAMLNode) -> String {
    let type = node["contentType"]?.text ?? "text/plain"
    plain(node["contentType"])
    if type.isEmpty || !BoundRequest.isHeaderText(type) {
      error(node["contentType"]?.mark ?? node.mark, "a header value must be printable ASCII")
    }
    return type
  }

  private mutating func readMultipart(_ node: YAMLNode, _ request: YAMLNode) -> RequestDescription.Body {
    for header in request["headers"]?.entries ?? [] where header.key.lowercased() == "content-type" {
      error(header.keyMark, "the Content-Type of a multipart body contains its boundary; remove it")
    }
    if let charset = request["charset"], charset.text != "utf-8" {
      error(charset.mark, "the parts of a multipart body are in UTF-8; remove 'charset'")
    }
    if node.entries.isEmpty { error(node.mark, "a multipart body has at least one part") }
    for entry in node.entries where entry.key.utf8.contains(where: { $0 < 0x20 || $0 == 0x22 || $0 == 0x7f }) {
      error(entry.keyMark, "the name of a part must not contain quotes or control characters")
    }
    return .multipart(readParameters(node))
  }

  // MARK: XML

  private mutating func readXML(_ node: YAMLNode) -> XMLForm? {
    guard node.entries.count == 1, let root = node.entries.first, root.value["$optional"] == nil else {
      error(node.mark, "'xml' must be a mapping with one key, the root element, such as {Request: {…}}")
      return nil
    }
    let elements = readElements(root, "xml")
    if elements.count != 1 { error(root.value.mark, "an XML document has one root element, not a list") }
    return elements.first
  }

  /// The elements of one key: several for a list.
  private mutating func readElements(_ entry: YAMLNode.Entry, _ parent: String) -> [XMLForm] {
    let path = parent + "." + shortened(entry.key)
    guard !entry.key.hasPrefix("$") else {
      error(entry.keyMark, "unknown key '\(shortened(entry.key))'; known: {$text: …}, {$optional: …}")
      return []
    }
    checkName(entry.key, entry.keyMark)
    guard case .sequence(let values) = entry.value.content else {
      return [readElement(entry.key, entry.value, path)].compactMap { $0 }
    }
    return values.compactMap { readElement(entry.key, $0, path) }
  }

  private mutating func readElement(_ name: String, _ node: YAMLNode, _ path: String) -> XMLForm? {
    switch node.content {
    case .scalar(let text, let isPlain):
      if isPlain, text.isEmpty || node.isNull {
        error(node.mark, "'\(path)' is empty; write \"\" for an empty element")
        return nil
      }
      return template(node).map { XMLForm(name: name, attributes: [], content: .text($0), isOptional: false) }
    case .sequence:
      error(node.mark, "'\(path)' is a list inside a list; a list repeats its element")
      return nil
    case .mapping(let entries):
      if entries.count == 1, let optional = node["$optional"] {
        return template(optional).map { XMLForm(name: name, attributes: [], content: .text($0), isOptional: true) }
      }
      return readElement(name, entries, node, path)
    }
  }

  /// An element with attributes, and with child elements or a text.
  private mutating func readElement(
    _ name: String, _ entries: [YAMLNode.Entry], _ node: YAMLNode, _ path: String
  ) -> XMLForm? {
    var attributes: [Parameter] = []
    var elements: [XMLForm] = []
    for entry in entries where entry.key != "$text" {
      guard entry.key.hasPrefix("@") else {
        elements += readElements(entry, path)
        continue
      }
      let attribute = String(entry.key.dropFirst())
      checkName(attribute, entry.keyMark)
      let optional = entry.value["$optional"]
      guard (optional ?? entry.value).text != nil else {
        error(entry.value.mark, "the attribute '\(shortened(entry.key))' must be a text or {$optional: …}")
        continue
      }
      attributes.append(
        Parameter(
          name: attribute, value: template(optional ?? entry.value) ?? .literal(""), isOptional: optional != nil))
    }
    guard let text = node["$text"] else {
      return XMLForm(name: name, attributes: attributes, content: .elements(elements), isOptional: false)
    }
    if !elements.isEmpty { error(text.mark, "'\(path)' has either a text or child elements") }
    guard text.text != nil else {
      error(text.mark, "'$text' must be a text")
      return nil
    }
    return template(text).map {
      XMLForm(name: name, attributes: attributes, content: .text($0), isOptional: false)
    }
  }

  private mutating func checkName(_ name: String, _ mark: YAMLMark) {
    if !XMLText.isName(name) { error(mark, "'\(shortened(name))' is not a valid XML name") }
  }
}
