import JSON

/// The parts of a JSON Schema that depend on values: words beside a pattern, conditional fields and suggestions.
extension Shape {
  /// The words of a form as an enumeration, which editors complete, and its pattern.
  static func writeWords(of form: Form, into writer: inout JSONWriter) {
    guard let pattern = form.pattern else { return writeEnumeration(form.words, into: &writer) }
    writer.array("anyOf") {
      $0.object { writeEnumeration(form.words, into: &$0) }
      $0.object {
        $0.array("type") { for type in ["string", "number"] { $0.value(type) } }
        $0.member("pattern", pattern)
      }
    }
    writer.member("x-format", form.expectation)
  }

  /// In YAML, `true`, `false` and digits without quotes are not texts.
  private static func writeEnumeration(_ words: [String], into writer: inout JSONWriter) {
    writer.array("enum") { list in
      for word in words { list.value(word) }
      for truth in [true, false] where words.contains(String(truth)) { list.value(truth) }
      for number in words.compactMap(Int.init) { list.value(number) }
    }
  }

  /// `if` and `then` for each condition of the fields.
  static func writeConditions(_ fields: [Field], into writer: inout JSONWriter) {
    var conditions: [(condition: Field.Condition, names: [String])] = []
    for field in fields {
      guard let condition = field.requiredIf else { continue }
      if let index = conditions.firstIndex(where: { $0.condition.name == condition.name }) {
        conditions[index].names.append(field.name)
      } else {
        conditions.append((condition, [field.name]))
      }
    }
    if conditions.isEmpty { return }
    writer.array("allOf") { list in
      for (condition, names) in conditions {
        list.object {
          $0.object("if") {
            writeValue(of: condition.name, ["true"], into: &$0)
            if !condition.defaultValue { $0.array("required") { $0.value(condition.name) } }
          }
          $0.object("then") { $0.array("required") { for name in names { $0.value(name) } } }
        }
      }
    }
  }

  fileprivate static func writeValue(of key: String, _ words: [String], into writer: inout JSONWriter) {
    writer.object("properties") { $0.object(named: key) { writeEnumeration(words, into: &$0) } }
  }

  /// The names and descriptions of the keys. Any value is valid, so that a suggestion never causes an error.
  fileprivate func writeHint(of field: Field? = nil, into writer: inout JSONWriter) {
    writer.object {
      $0.member("description", ifPresent: field?.hint)
      if let notes = field?.notes { write(notes, into: &$0) }
      switch self {
      case .object(let fields):
        $0.object("properties") { properties in
          for field in fields {
            properties.key(named: field.name)
            field.shape.writeHint(of: field, into: &properties)
          }
        }
      case .list(let element, _):
        $0.key("items")
        element.writeHint(into: &$0)
      default: break
      }
    }
  }
}

extension Shape.Suggestion {
  func write(into writer: inout JSONWriter) {
    writer.object {
      $0.object("if") {
        Shape.writeValue(of: key, [word], into: &$0)
        $0.array("required") { $0.value(key) }
      }
      $0.object("then") {
        $0.object("properties") {
          $0.key(named: member)
          shape.writeHint(into: &$0)
        }
      }
    }
  }
}

extension Shape.Field {
  /// The description, the expected value and the condition.
  fileprivate var hint: String? {
    let expectation: String? =
      switch shape {
      case .form(let form): form.expectation
      case .quotedText: "a text"
      default: nil
      }
    let condition = requiredIf.map { "required if `\($0.name)` is true" }
    let parts = [about, expectation, condition].compactMap(\.self)
    return parts.isEmpty ? nil : parts.joined(separator: "; ")
  }
}
