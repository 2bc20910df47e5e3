/// The allowed form of a value in a configuration file. The check, its messages, the JSON Schemas for editors and the
/// reference in `docs/` use the same description.
public indirect enum Shape: Sendable {
  /// Any text. Numbers are read as text, as written.
  case text
  /// A text of at most this number of characters. Numbers, `true` and `false` need quotes.
  case quotedText(atMost: Int?)
  case form(Form)
  case choice([String])
  case integer(ClosedRange<Int>)
  case boolean
  /// `500ms`, `3s`, `2m`, `1h` or `30d`, within these bounds.
  case duration(ClosedRange<Duration>)
  /// A whole number of bytes, or with `KiB` or `MiB`.
  case size(ClosedRange<Int>)
  case list(Shape, atLeast: Int)
  /// A mapping with arbitrary keys of one form.
  case map(key: Form, value: Shape)
  case object([Field])
  /// A mapping with these keys. Other keys are checked elsewhere.
  case open([Field])
  /// A mapping with exactly one key that selects its variant. The other keys depend on the variant.
  case variants(of: String, [Variant])
  /// The first shape for a scalar, the second one for a list or a mapping.
  case scalarOr(Shape, Shape)
  /// One shape for each kind of YAML node.
  case byNode(scalar: Shape, list: Shape, mapping: Shape)
  /// For mappings: the first shape if the mapping has this key, the second one if it does not.
  case ifKey(String, Shape, otherwise: Shape)
  /// One value, or a list of values that are tried in order.
  case oneOrMore(Shape)
  /// Any value. It is checked elsewhere.
  case any
  /// A shape that is used in several places. A schema contains it once, under this name.
  case named(String, Shape)
  /// A shape that can contain itself. A schema contains it once, under this name.
  case recursive(String, @Sendable () -> Shape)
  /// The first shape. Editors also show these suggestions; the check does not use them.
  case suggesting(Shape, [Suggestion])

  /// A form of text, with its description for messages.
  public struct Form: Sendable {
    public let expectation: String
    /// The form as a regular expression for editors; nil if there is no such expression.
    public let pattern: String?
    public let isValid: @Sendable (String) -> Bool
    /// Valid words, for suggestions in messages and in editors. With words and without a pattern, a schema allows only
    /// the words.
    let words: [String]
    /// Describes an invalid text without repeating it; returns nil if its kind is not recognised.
    let finding: (@Sendable (String) -> String?)?

    public init(
      _ expectation: String, pattern: String? = nil, words: [String] = [],
      finding: (@Sendable (String) -> String?)? = nil, _ isValid: @escaping @Sendable (String) -> Bool
    ) {
      self.expectation = expectation
      self.pattern = pattern
      self.words = words
      self.isValid = isValid
      self.finding = finding
    }

    /// A name that is safe in a URL, a metric and a log.
    public static let name = Form(
      "a name of up to 64 letters, digits, '-', '_' and '.'", pattern: "^[A-Za-z0-9_.-]{1,64}$"
    ) { text in
      !text.isEmpty && text.utf8.count <= 64
        && text.utf8.allSatisfy { byte in
          switch byte {
          case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."): true
          default: false
          }
        }
    }

    public static func oneOf(_ words: [String]) -> Form {
      Form("one of " + words.joined(separator: ", "), pattern: "^(" + words.joined(separator: "|") + ")$") {
        words.contains($0)
      }
    }

    /// One of these words, or several of them joined by `+`.
    public static func several(of words: [String]) -> Form {
      let word = "(" + words.joined(separator: "|") + ")"
      return Form(
        "one of " + words.joined(separator: ", ") + ", or several joined by '+'", pattern: "^\(word)([+]\(word))*$"
      ) { text in
        let parts = text.split(separator: "+", omittingEmptySubsequences: false).map(String.init)
        return Set(parts).count == parts.count && parts.allSatisfy(words.contains)
      }
    }

    public static let any = Form("anything") { _ in true }
  }

  /// The value of an absent key.
  public enum Default: Sendable {
    case text(String)
    case number(Int)
    case boolean(Bool)
    case duration(Duration)
    /// In bytes.
    case size(Int)
  }

  public struct Field: Sendable {
    public let name: String
    public let shape: Shape
    public let isRequired: Bool
    /// The field is required if this condition is true.
    let requiredIf: Condition?
    /// The description that an editor shows.
    let about: String?
    let notes: Notes

    /// A boolean field of the same object.
    public struct Condition: Sendable {
      let name: String
      let defaultValue: Bool

      public init(_ name: String, default defaultValue: Bool) {
        self.name = name
        self.defaultValue = defaultValue
      }
    }

    /// Facts for editors and for the reference in `docs/`. The check does not use them.
    struct Notes: Sendable {
      /// The value of an absent key.
      var defaultValue: Default?
      /// Whether a running gateway applies a change; nil: as for the object that has the key.
      var isReloadable: Bool?
      /// A value, in JSON.
      var example: String?
      /// Descriptions of the words of a choice.
      var meanings: [String: String]
    }

    /// - Parameters:
    ///   - reloadable: whether a running gateway applies a change; nil: as for the object that has the key.
    ///   - example: a value, in JSON.
    ///   - meanings: descriptions of the words of a choice.
    public static func required(
      _ name: String, _ shape: Shape, _ about: String? = nil, reloadable: Bool? = nil, example: String? = nil,
      meanings: [String: String] = [:]
    ) -> Field {
      Field(
        name: name, shape: shape, isRequired: true, requiredIf: nil, about: about,
        notes: Notes(isReloadable: reloadable, example: example, meanings: meanings))
    }

    /// - Parameters:
    ///   - default: the value of an absent key.
    ///   - reloadable: whether a running gateway applies a change; nil: as for the object that has the key.
    ///   - example: a value, in JSON.
    ///   - meanings: descriptions of the words of a choice.
    public static func optional(
      _ name: String, _ shape: Shape, _ about: String? = nil, default defaultValue: Default? = nil,
      requiredIf: Condition? = nil, reloadable: Bool? = nil, example: String? = nil, meanings: [String: String] = [:]
    ) -> Field {
      Field(
        name: name, shape: shape, isRequired: false, requiredIf: requiredIf, about: about,
        notes: Notes(defaultValue: defaultValue, isReloadable: reloadable, example: example, meanings: meanings))
    }
  }

  /// A variant of a mapping: the key that selects it, and the other keys that it allows.
  public struct Variant: Sendable {
    public let key: String
    let value: Shape
    let fields: [Field]
    let about: String

    public init(_ key: String, _ value: Shape, _ fields: [Field] = [], _ about: String) {
      self.key = key
      self.value = value
      self.fields = fields
      self.about = about
    }

    var allFields: [Field] { [.required(key, value, about)] + fields }
  }

  /// The keys of `member` that an editor suggests if `key` has the value `word`.
  public struct Suggestion: Sendable {
    let key: String
    let word: String
    let member: String
    let shape: Shape

    public init(ifKey key: String, is word: String, member: String, _ shape: Shape) {
      self.key = key
      self.word = word
      self.member = member
      self.shape = shape
    }
  }

  /// The same object without required keys, for a file that extends another one.
  public var allOptional: Shape {
    guard case .object(let fields) = self else { return self }
    return .object(fields.map { .optional($0.name, $0.shape, $0.about) })
  }
}
