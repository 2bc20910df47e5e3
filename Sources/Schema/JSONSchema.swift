public import JSON

extension Shape {
  /// The shape as a JSON Schema for YAML files (draft 7, which editors support best).
  ///
  /// - Parameter extends: if this key is present, all other keys are optional.
  public func jsonSchema(title: String, extends: String? = nil) -> JSONValue {
    var definitions: [(name: String, shape: Shape)] = []
    collect(&definitions)
    let fragment = JSONFragment { writer in
      writer.object {
        $0.member("$schema", "http://json-schema.org/draft-07/schema#")
        $0.member("title", title)
        writeMembers(into: &$0, requiredUnless: extends)
        $0.object("definitions") { definitionWriter in
          for definition in definitions {
            definitionWriter.object(named: definition.name) { definition.shape.writeMembers(into: &$0) }
          }
        }
      }
    }
    guard let value = try? JSONValue.parse(fragment.bytes) else { preconditionFailure("the schema is not valid JSON") }
    return value
  }

  private func collect(_ definitions: inout [(name: String, shape: Shape)]) {
    switch self {
    case .named(let name, let shape):
      if definitions.contains(where: { $0.name == name }) { return }
      definitions.append((name, shape))
      shape.collect(&definitions)
    case .list(let inner, _), .map(_, let inner), .oneOrMore(let inner): inner.collect(&definitions)
    case .object(let fields), .open(let fields): for field in fields { field.shape.collect(&definitions) }
    case .variants(_, let variants):
      for variant in variants { for field in variant.allFields { field.shape.collect(&definitions) } }
    case .scalarOr(let first, let second), .ifKey(_, let first, let second):
      first.collect(&definitions)
      second.collect(&definitions)
    case .byNode(let scalar, let list, let mapping):
      for shape in [scalar, list, mapping] { shape.collect(&definitions) }
    case .recursive(let name, let shape): Shape.named(name, shape()).collect(&definitions)
    case .suggesting(let shape, _): shape.collect(&definitions)
    case .text, .quotedText, .form, .choice, .integer, .boolean, .duration, .size, .any: break
    }
  }

  private func write(into writer: inout JSONWriter, about: String? = nil, notes: Field.Notes? = nil) {
    writer.object {
      $0.member("description", ifPresent: about)
      if let notes { write(notes, into: &$0) }
      writeMembers(into: &$0)
    }
  }

  func write(_ notes: Field.Notes, into writer: inout JSONWriter) {
    switch notes.defaultValue {
    case .text(let text): writer.member("default", text)
    case .number(let number): writer.member("default", number)
    case .boolean(let value): writer.member("default", value)
    case .duration(let duration): writer.member("default", durationText(duration))
    case .size(let bytes): writer.member("default", sizeText(bytes))
    case nil: break
    }
    if let example = notes.example {
      writer.array("examples") { $0.value(JSONFragment(json: Array(example.utf8))) }
    }
    if let isReloadable = notes.isReloadable { writer.member("x-reloadable", isReloadable) }
    // Editors show the description next to the word.
    if case .choice(let words) = self, !notes.meanings.isEmpty {
      writer.array("enumDescriptions") { list in for word in words { list.value(notes.meanings[word] ?? "") } }
    }
  }

  private func writeMembers(into writer: inout JSONWriter, requiredUnless extends: String? = nil) {
    switch self {
    case .any: break
    case .named(let name, _), .recursive(let name, _): writer.member("$ref", "#/definitions/" + name)
    case .text: writer.array("type") { for type in ["string", "number", "boolean"] { $0.value(type) } }
    case .quotedText(let most):
      writer.member("type", "string")
      if let most { writer.member("maxLength", most) }
    case .form(let form) where !form.words.isEmpty:
      Self.writeWords(of: form, into: &writer)
    case .form(let form):
      // In YAML, digits without quotes are a number. They are read as text, as written.
      writer.array("type") { for type in ["string", "number"] { $0.value(type) } }
      writer.member("pattern", ifPresent: form.pattern)
      writer.member("x-format", form.expectation)
    case .choice(let words):
      writer.array("enum") { list in
        for word in words { list.value(word) }
        for number in words.compactMap(Int.init) { list.value(number) }
      }
    case .integer(let range):
      writer.member("type", "integer")
      writer.member("minimum", range.lowerBound)
      writer.member("maximum", range.upperBound)
    case .boolean: writer.member("type", "boolean")
    case .duration(let range):
      writer.member("type", "string")
      writer.member("pattern", "^[0-9]+(ms|s|m|h|d)$")
      writer.member("x-minimum", durationText(range.lowerBound))
      writer.member("x-maximum", durationText(range.upperBound))
    case .size(let range):
      writer.array("type") { for type in ["string", "integer"] { $0.value(type) } }
      writer.member("pattern", "^[0-9]+(KiB|MiB)?$")
      writer.member("minimum", range.lowerBound)
      writer.member("maximum", range.upperBound)
    case .list(let element, let least):
      writer.member("type", "array")
      writer.member("minItems", least)
      writer.key("items")
      element.write(into: &writer)
    case .map(let key, let value):
      writer.member("type", "object")
      if let pattern = key.pattern { writer.object("propertyNames") { $0.member("pattern", pattern) } }
      writer.key("additionalProperties")
      value.write(into: &writer)
    case .object(let fields): Self.writeObject(fields, isOpen: false, requiredUnless: extends, into: &writer)
    case .open(let fields): Self.writeObject(fields, isOpen: true, into: &writer)
    case .variants(_, let variants):
      writer.member("type", "object")
      Self.writeList("oneOf", variants, into: &writer) { variant, writer in
        writer.object {
          $0.member("description", variant.about)
          Self.writeObject(variant.allFields, isOpen: false, into: &$0)
        }
      }
    case .scalarOr(let first, let second):
      Self.writeList("anyOf", [first, second], into: &writer) { $0.write(into: &$1) }
    case .byNode(let scalar, let list, let mapping):
      Self.writeList("anyOf", [scalar, list, mapping], into: &writer) { $0.write(into: &$1) }
    case .ifKey(let key, let first, let second):
      writer.array("anyOf") {
        first.write(into: &$0)
        $0.object {
          second.writeMembers(into: &$0)
          $0.object("not") { $0.array("required") { $0.value(key) } }
        }
      }
    case .suggesting(let shape, let suggestions):
      shape.writeMembers(into: &writer, requiredUnless: extends)
      if !suggestions.isEmpty {
        Self.writeList("allOf", suggestions, into: &writer) { $0.write(into: &$1) }
      }
    case .oneOrMore(let element):
      Self.writeList("anyOf", [element, .list(element, atLeast: 1)], into: &writer) { $0.write(into: &$1) }
    }
  }

  private static func writeList<Element>(
    _ name: String, _ elements: [Element], into writer: inout JSONWriter,
    _ write: (Element, inout JSONWriter) -> Void
  ) {
    writer.array(named: name) { for element in elements { write(element, &$0) } }
  }

  private static func writeObject(
    _ fields: [Field], isOpen: Bool, requiredUnless extends: String? = nil, into writer: inout JSONWriter
  ) {
    writer.member("type", "object")
    writer.object("properties") { properties in
      for field in fields {
        properties.key(named: field.name)
        field.shape.write(into: &properties, about: field.about, notes: field.notes)
      }
    }
    let required = fields.filter(\.isRequired).map(\.name)
    if let extends {
      Self.writeList("anyOf", [[extends], required], into: &writer) { names, writer in
        writer.object { $0.array("required") { for name in names { $0.value(name) } } }
      }
    } else if !required.isEmpty {
      writer.array("required") { for name in required { $0.value(name) } }
    }
    writer.member("additionalProperties", isOpen)
    writeConditions(fields, into: &writer)
  }
}
