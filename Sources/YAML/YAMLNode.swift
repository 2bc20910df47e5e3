/// A position in a YAML text. Line and column are counted from 1.
public struct YAMLMark: Sendable, Hashable, Comparable {
  public let line: Int
  public let column: Int

  public init(line: Int, column: Int) {
    self.line = line
    self.column = column
  }

  public static func < (left: YAMLMark, right: YAMLMark) -> Bool {
    (left.line, left.column) < (right.line, right.column)
  }
}

/// A value of a YAML text and the position of its first character.
public struct YAMLNode: Sendable {
  public indirect enum Content: Sendable {
    /// The text of a scalar. `isPlain`: written without quotes, so that it can be a number, a truth value or null.
    case scalar(String, isPlain: Bool)
    case sequence([YAMLNode])
    /// The entries in the order of the text, without duplicate keys.
    case mapping([Entry])
  }

  public struct Entry: Sendable {
    public let key: String
    public let keyMark: YAMLMark
    public let value: YAMLNode
  }

  public let content: Content
  public let mark: YAMLMark
  /// Whether the value is a scalar in double quotes, in which a backslash begins an escape sequence.
  public let isDoubleQuoted: Bool

  public init(content: Content, mark: YAMLMark, isDoubleQuoted: Bool = false) {
    self.content = content
    self.mark = mark
    self.isDoubleQuoted = isDoubleQuoted
  }

  /// The entries of a mapping; empty for a scalar or a sequence.
  public var entries: [Entry] {
    if case .mapping(let entries) = content { return entries }
    return []
  }

  /// The elements of a sequence; empty for a scalar or a mapping.
  public var elements: [YAMLNode] {
    if case .sequence(let elements) = content { return elements }
    return []
  }

  /// A scalar's text; nil for a sequence, a mapping or an empty plain scalar (YAML's null).
  public var text: String? {
    guard case .scalar(let text, let isPlain) = content else { return nil }
    return isPlain && (text.isEmpty || text == "~" || text == "null") ? nil : text
  }

  /// Whether the value is YAML's null: `~`, `null` or an empty plain scalar.
  public var isNull: Bool {
    if case .scalar = content { return text == nil }
    return false
  }

  /// A plain `true` or `false` (YAML 1.2 core schema); nil for everything else, including `yes` and `on`.
  public var bool: Bool? {
    switch content {
    case .scalar("true", isPlain: true): true
    case .scalar("false", isPlain: true): false
    default: nil
    }
  }

  /// A plain whole number in decimal digits; nil for everything else.
  public var int: Int? {
    guard case .scalar(let text, isPlain: true) = content else { return nil }
    return Int(text)
  }

  /// The value of a key in a mapping; nil if the key is absent.
  public subscript(key: String) -> YAMLNode? {
    entries.first { $0.key == key }?.value
  }
}
