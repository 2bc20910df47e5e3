import Schema
import YAML

extension DeclaredField {
  /// Reads the fields of an `account` or `inputs` section. A field replaces the field of the same name in `base`.
  static func read(
    _ node: YAMLNode?, over base: [DeclaredField], _ path: String, _ diagnostics: inout Diagnostics
  ) -> [DeclaredField] {
    var fields = base
    for entry in node?.entries ?? [] {
      let field = DeclaredField(name: entry.key, entry.value)
      if let fallback = field.fallback {
        let place = entry.value["default"]?.mark ?? entry.value.mark
        if field.isRequired {
          diagnostics.error(path, place, "'\(shortened(entry.key))' is required and has a default; remove one of them")
        }
        if let expectation = field.expectation(unmetBy: fallback), !fallback.isEmpty {
          diagnostics.error(path, place, "the default of '\(shortened(entry.key))' must be \(expectation)")
        }
      }
      if let index = fields.firstIndex(where: { $0.name == entry.key }) {
        fields[index] = field
      } else {
        fields.append(field)
      }
    }
    return fields
  }

  private init(name: String, _ node: YAMLNode) {
    self.init(
      name: name, isSecret: node["secret"]?.bool ?? false, isRequired: node["required"]?.bool ?? false,
      choices: node["choices"]?.elements.compactMap(\.text),
      pattern: node["pattern"]?.text, form: node["pattern"]?.text.flatMap(FieldPattern.init)?.form,
      operations: node["for"]?.elements.compactMap(\.text),
      fallback: node["default"]?.text,
      about: node["about"]?.text)
  }
}
