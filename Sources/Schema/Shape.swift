/// What a value of a configuration file may be. One description serves the check, its messages, the JSON Schemas for
/// editors, and whatever else has to know the files' form.
public indirect enum Shape: Sendable {
  /// Any text; numbers are read as the text they are written with.
  case text
  case form(Form)
  case choice([String])
  case integer(ClosedRange<Int>)
  case boolean
  /// `500ms`, `3s`, `2m`, `1h`, within these bounds.
  case duration(ClosedRange<Duration>)
  /// A whole number of bytes, or with `KiB` or `MiB`.
  case size(ClosedRange<Int>)
  case list(Shape, atLeast: Int)
  /// Keys of the writer's choosing, of a certain form.
  case map(key: Form, value: Shape)
  case object([Field])
  /// These keys, and others that somebody else checks.
  case open([Field])
  /// A mapping of which exactly one key tells what it is; the other keys depend on it.
  case variants(of: String, [Variant])
  /// The first shape that fits the node's kind: a scalar or something with parts.
  case scalarOr(Shape, Shape)
  /// One value, or a list of several in the order in which they are tried.
  case oneOrMore(Shape)
  /// Anything; somebody else checks it.
  case any
  /// A shape that stands at several places, written once in a schema.
  case named(String, Shape)

  /// A text of a certain form, with what it is called in a message.
  public struct Form: Sendable {
    public let expectation: String
    /// The form as a regular expression for editors, where it has one.
    let pattern: String?
    public let isValid: @Sendable (String) -> Bool
    /// What a text that is not valid is instead, where that can be told without repeating it.
    let finding: (@Sendable (String) -> String?)?

    public init(
      _ expectation: String, pattern: String? = nil, finding: (@Sendable (String) -> String?)? = nil,
      _ isValid: @escaping @Sendable (String) -> Bool
    ) {
      self.expectation = expectation
      self.pattern = pattern
      self.isValid = isValid
      self.finding = finding
    }

    /// A name that may stand in a URL, a metric and a log.
    public static let name = Form(
      "a name of letters, digits, '-', '_' and '.', up to 64", pattern: "^[A-Za-z0-9_.-]{1,64}$"
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

  public struct Field: Sendable {
    public let name: String
    public let shape: Shape
    public let isRequired: Bool
    /// What it is for, as an editor shows it.
    let about: String?

    public static func required(_ name: String, _ shape: Shape, _ about: String? = nil) -> Field {
      Field(name: name, shape: shape, isRequired: true, about: about)
    }

    public static func optional(_ name: String, _ shape: Shape, _ about: String? = nil) -> Field {
      Field(name: name, shape: shape, isRequired: false, about: about)
    }
  }

  /// One of several forms of a mapping: the key that tells it, and the keys that may stand beside.
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

  /// The same object with nothing required: a file that starts from another one gives only what differs.
  public var withNothingRequired: Shape {
    guard case .object(let fields) = self else { return self }
    return .object(fields.map { .optional($0.name, $0.shape, $0.about) })
  }
}
