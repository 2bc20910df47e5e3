public import YAML

/// Checks the values of a file against a shape and reports each error with its position.
public struct ShapeChecker {
  let file: String
  public private(set) var diagnostics = Diagnostics()

  public init(file: String) { self.file = file }

  /// `path` names the value in messages: `accounts.shop.endpoint`.
  public mutating func check(_ node: YAMLNode, _ shape: Shape, _ path: String) {
    switch shape {
    case .any:
      break
    case .text:
      if node.text == nil { wrongKind(node, path, "a string") }
    case .quotedText(let most):
      let expectation = "a text" + (most.map { " of at most \($0) characters" } ?? "")
      guard let text = node.text else { return wrongKind(node, path, expectation) }
      if !node.isText { error(node, "'\(path)' must be \(expectation): put the value in quotes") }
      if let most, text.unicodeScalars.count > most { error(node, "'\(path)' must be \(expectation)") }
    case .form(let form):
      guard let text = node.text else { return wrongKind(node, path, form.expectation) }
      if !form.isValid(text) {
        let near = nearest(to: text, among: form.words.filter { !$0.isEmpty }).map { "; did you mean '\($0)'?" }
        error(node, "'\(path)' must be \(form.expectation)" + (near ?? Self.typography(text)))
      }
    case .choice(let words):
      guard let text = node.text else { return wrongKind(node, path, "one of " + words.joined(separator: ", ")) }
      if !words.contains(text) {
        let hint = Self.typography(text) + suggestion(for: text, among: words)
        error(
          node, "'\(path)' is '\(shortened(text))'" + (hint.isEmpty ? ", which is not an allowed value" : hint))
      }
    case .integer(let range):
      let expectation = "a whole number from \(range.lowerBound) to \(range.upperBound)"
      guard let value = node.int else { return wrongKind(node, path, expectation) }
      if !range.contains(value) { error(node, "'\(path)' must be \(expectation)") }
    case .boolean:
      if node.bool == nil { wrongKind(node, path, "true or false") }
    case .duration(let range):
      let examples = range.upperBound > .seconds(86_400) ? "3s, 2m, 1h or 30d" : "500ms, 3s, 2m or 1h"
      let expectation = "a time such as \(examples), from \(range.lowerBound) to \(range.upperBound)"
      guard let text = node.text, let value = parseDuration(text) else { return wrongKind(node, path, expectation) }
      if !range.contains(value) { error(node, "'\(path)' must be \(expectation)") }
    case .size(let range):
      let expectation = "a size such as 65536, 64KiB or 1MiB, from \(range.lowerBound) to \(range.upperBound) bytes"
      guard let text = node.text, let value = parseSize(text) else { return wrongKind(node, path, expectation) }
      if !range.contains(value) { error(node, "'\(path)' must be \(expectation)") }
    case .list(let element, let least):
      guard case .sequence(let elements) = node.content else { return wrongKind(node, path, "a list") }
      if elements.count < least { error(node, "'\(path)' must have at least \(least) value\(least == 1 ? "" : "s")") }
      for (index, child) in elements.enumerated() { check(child, element, "\(path)[\(index)]") }
    case .map(let key, let value):
      guard case .mapping(let entries) = node.content else { return wrongKind(node, path, "a mapping") }
      for entry in entries {
        if !key.isValid(entry.key) {
          diagnostics.error(
            file, entry.keyMark,
            "the key '\(shortened(entry.key))' must be \(key.expectation)" + Self.typography(entry.key))
        }
        check(entry.value, value, join(path, entry.key))
      }
    case .object(let fields):
      checkObject(node, fields, path)
    case .open(let fields):
      checkObject(node, fields, path, isOpen: true)
    case .named(_, let shape), .suggesting(let shape, _):
      check(node, shape, path)
    case .recursive(_, let shape):
      check(node, shape(), path)
    case .byNode(let scalar, let list, let mapping):
      switch node.content {
      case .scalar: check(node, scalar, path)
      case .sequence: check(node, list, path)
      case .mapping: check(node, mapping, path)
      }
    case .ifKey(let key, let shape, let other):
      check(node, node[key] == nil ? other : shape, path)
    case .variants(let what, let variants):
      checkVariants(node, what, variants, path)
    case .scalarOr(let scalar, let other):
      guard case .scalar = node.content else { return check(node, other, path) }
      if let example = Self.mapping(node, scalar, other) {
        error(node, "'\(path)' must be a mapping; write \(example)")
      } else {
        check(node, scalar, path)
      }
    case .oneOrMore(let element):
      if case .sequence = node.content {
        check(node, .list(element, atLeast: 1), path)
      } else {
        check(node, element, path)
      }
    }
  }

  private mutating func checkVariants(_ node: YAMLNode, _ what: String, _ variants: [Shape.Variant], _ path: String) {
    guard case .mapping(let entries) = node.content else {
      return wrongKind(node, path, "\(what): a mapping with one of " + variants.map(\.key).joined(separator: ", "))
    }
    let selectors = entries.filter { entry in variants.contains { $0.key == entry.key } }
    if selectors.count == 1, let variant = variants.first(where: { $0.key == selectors[0].key }) {
      return checkObject(node, variant.allFields, path)
    }
    if selectors.count > 1 {
      // The first key is probably the intended one.
      diagnostics.error(
        file, selectors[1].keyMark,
        "'\(path)' has conflicting keys: " + selectors.map { "'\($0.key)'" }.joined(separator: " and "))
      return
    }
    let known = variants.map(\.key)
    for entry in entries {
      guard let near = nearest(to: entry.key, among: known) else { continue }
      diagnostics.error(
        file, entry.keyMark,
        "'\(path)' must be \(what): unknown key '\(shortened(entry.key))'; did you mean '\(near)'?")
      return
    }
    diagnostics.error(
      file, entries.first?.keyMark ?? node.mark,
      "'\(path)' must be \(what): " + (entries.first.map { "unknown key '\(shortened($0.key))'; " } ?? "") + "one of "
        + known.joined(separator: ", "))
  }

  private mutating func checkObject(
    _ node: YAMLNode, _ fields: [Shape.Field], _ path: String, isOpen: Bool = false
  ) {
    guard case .mapping(let entries) = node.content else {
      let first = path.isEmpty ? fields.first { $0.isRequired }.map { " of keys such as '\($0.name)'" } : nil
      return wrongKind(node, path, "a mapping" + (first ?? Self.keys(fields)))
    }
    for entry in entries {
      if let field = fields.first(where: { $0.name == entry.key }) {
        check(entry.value, field.shape, join(path, entry.key))
      } else if !isOpen {
        let known = fields.map(\.name)
        diagnostics.error(
          file, entry.keyMark,
          "unknown key '\(shortened(entry.key))'\(path.isEmpty ? "" : " in '\(path)'")"
            + Self.typography(entry.key) + suggestion(for: entry.key, among: known))
      }
    }
    for field in fields where field.isRequired && !entries.contains(where: { $0.key == field.name }) {
      error(node, "'\(join(path, field.name))' is missing" + (field.about.map { " (\($0))" } ?? ""))
    }
    for field in fields where !entries.contains(where: { $0.key == field.name }) {
      guard let condition = field.requiredIf else { continue }
      let value = entries.first { $0.key == condition.name }?.value.text
      guard value.map({ $0 == "true" }) ?? condition.defaultValue else { continue }
      error(
        node,
        "'\(join(path, field.name))' is missing: it is required if '\(shortened(condition.name))' is true"
          + (field.about.map { " (\($0))" } ?? ""))
    }
  }

  /// The mapping that was probably meant by a word: the word is a value of a member, but not a valid scalar. nil if it
  /// is not such a word.
  private static func mapping(_ node: YAMLNode, _ scalar: Shape, _ other: Shape) -> String? {
    guard let text = node.text, case .choice(let words) = scalar, !words.contains(text),
      case .object(let fields) = other
    else { return nil }
    for field in fields {
      guard case .choice(let values) = field.shape else { continue }
      guard values.contains(text) || nearest(to: text, among: words + values).map({ !words.contains($0) }) == true
      else {
        continue
      }
      let value = nearest(to: text, among: values) ?? text
      let others = fields.filter { $0.isRequired && $0.name != field.name }.map { ", \($0.name): \"…\"" }
      return "{\(field.name): \(value)\(others.joined())}"
    }
    return nil
  }

  private static func typography(_ text: String) -> String {
    TypographicCharacter.description(in: text).map { "; it has \($0)" } ?? ""
  }

  /// The keys of a small object, for the message about a value of another kind.
  private static func keys(_ fields: [Shape.Field]) -> String {
    fields.count > 6 ? "" : " with " + fields.map(\.name).joined(separator: ", ")
  }

  private func join(_ path: String, _ key: String) -> String {
    path.isEmpty ? shortened(key) : path + "." + shortened(key)
  }

  private mutating func wrongKind(_ node: YAMLNode, _ path: String, _ expectation: String) {
    // The text of a scalar is not repeated: it can be a secret.
    let hint = node.text.map(Self.typography) ?? ""
    error(
      node,
      (path.isEmpty ? "the file" : "'\(path)'") + " must be \(expectation)" + (node.isNull ? "; it is empty" : hint))
  }

  private mutating func error(_ node: YAMLNode, _ message: String) {
    diagnostics.error(file, node.mark, message)
  }
}

/// Shortens a value from a file for a message: it can be recognised, but a secret in the wrong place is not revealed.
public func shortened(_ text: String) -> String {
  // Counts scalars: a Character can consist of any number of them.
  text.utf8.count <= 32 || text.unicodeScalars.count <= 32 ? text : String(text.unicodeScalars.prefix(12)) + "…"
}

/// `500ms`, `3s`, `2m`, `1h`, `30d`; nil for anything else.
public func parseDuration(_ text: String) -> Duration? {
  let digits = text.prefix { $0.isASCII && $0.isNumber }
  guard let value = Int(digits), value <= 1_000_000_000 else { return nil }
  return switch text.dropFirst(digits.count) {
  case "ms": .milliseconds(value)
  case "s": .seconds(value)
  case "m": .seconds(value * 60)
  case "h": .seconds(value * 3600)
  case "d": .seconds(value * 86_400)
  default: nil
  }
}

/// A time as `parseDuration` reads it, in whole milliseconds.
func durationText(_ duration: Duration) -> String {
  let (seconds, attoseconds) = duration.components
  if attoseconds != 0 { return "\(seconds * 1000 + attoseconds / 1_000_000_000_000_000)ms" }
  if seconds > 86_400, seconds % 86_400 == 0 { return "\(seconds / 86_400)d" }
  if seconds > 0, seconds % 3600 == 0 { return "\(seconds / 3600)h" }
  if seconds > 0, seconds % 60 == 0 { return "\(seconds / 60)m" }
  return "\(seconds)s"
}

/// `65536`, `64KiB`, `1MiB`, in bytes; nil for anything else.
public func parseSize(_ text: String) -> Int? {
  let digits = text.prefix { $0.isASCII && $0.isNumber }
  guard let value = Int(digits), value <= 1 << 40 else { return nil }
  return switch text.dropFirst(digits.count) {
  case "": value
  case "KiB": value << 10
  case "MiB": value << 20
  default: nil
  }
}

/// A size as `parseSize` reads it, in the largest unit that gives a whole number.
func sizeText(_ bytes: Int) -> String {
  if bytes > 0, bytes % (1 << 20) == 0 { return "\(bytes >> 20)MiB" }
  if bytes > 0, bytes % (1 << 10) == 0 { return "\(bytes >> 10)KiB" }
  return "\(bytes)"
}
