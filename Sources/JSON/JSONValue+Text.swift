extension JSONValue {
  /// The value as indented JSON: one member on each line, two spaces for each level, numbers unchanged.
  public func indented() -> String {
    var text = ""
    indent(into: &text, "\n")
    return text
  }

  private func indent(into text: inout String, _ lineBreak: String) {
    switch kind {
    case .object where count > 0:
      text += "{"
      for (index, member) in members.enumerated() {
        text += (index > 0 ? "," : "") + lineBreak + "  " + JSONValue.quoted(member.key) + ": "
        member.value.indent(into: &text, lineBreak + "  ")
      }
      text += lineBreak + "}"
    case .array where elements.contains { $0.count > 0 }:
      text += "["
      for (index, element) in elements.enumerated() {
        text += (index > 0 ? "," : "") + lineBreak + "  "
        element.indent(into: &text, lineBreak + "  ")
      }
      text += lineBreak + "]"
    case .array:
      text += "["
      for (index, element) in elements.enumerated() {
        text += index > 0 ? ", " : ""
        element.indent(into: &text, lineBreak)
      }
      text += "]"
    case .object: text += "{}"
    case .string: text += JSONValue.quoted(string ?? "")
    case .number: text += self.text ?? "0"
    case .boolean: text += bool == true ? "true" : "false"
    case .null: text += "null"
    }
  }

  private static func quoted(_ text: String) -> String {
    var bytes: [UInt8] = []
    bytes.appendQuoted(text)
    return String(decoding: bytes, as: UTF8.self)
  }
}
