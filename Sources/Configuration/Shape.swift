/// What a value of a configuration file may be. One description serves the check, its messages and whatever else has
/// to know the files' form.
indirect enum Shape: Sendable {
  /// Any text; numbers are read as the text they are written with.
  case text
  /// A text of a certain form, with what it is called in a message.
  case form(String, @Sendable (String) -> Bool)
  case choice([String])
  case integer(ClosedRange<Int>)
  case boolean
  /// `500ms`, `3s`, `2m`, `1h`, within these bounds.
  case duration(ClosedRange<Duration>)
  /// A whole number of bytes, or with `KiB` or `MiB`.
  case size(ClosedRange<Int>)
  case list(Shape, atLeast: Int)
  /// Keys of the writer's choosing, of a certain form.
  case map(key: Key, value: Shape)
  case object([Field])
  /// The first shape that fits the node's kind: a scalar or something with parts.
  case scalarOr(Shape, Shape)
  /// Anything; somebody else checks it.
  case any

  struct Key: Sendable {
    let expectation: String
    let isValid: @Sendable (String) -> Bool

    /// A name that may stand in a URL, a metric and a log.
    static let name = Key(expectation: "a name of letters, digits, '-', '_' and '.', up to 64") { text in
      !text.isEmpty && text.utf8.count <= 64
        && text.utf8.allSatisfy { byte in
          switch byte {
          case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."): true
          default: false
          }
        }
    }

    static func oneOf(_ words: [String]) -> Key {
      Key(expectation: "one of " + words.joined(separator: ", ")) { words.contains($0) }
    }

    /// One of these words, or several of them joined by `+`.
    static func several(of words: [String]) -> Key {
      Key(expectation: "one of " + words.joined(separator: ", ") + ", or several joined by '+'") { text in
        let parts = text.split(separator: "+", omittingEmptySubsequences: false).map(String.init)
        return Set(parts).count == parts.count && parts.allSatisfy(words.contains)
      }
    }

    static let any = Key(expectation: "anything") { _ in true }
  }

  struct Field: Sendable {
    let name: String
    let shape: Shape
    let isRequired: Bool

    static func required(_ name: String, _ shape: Shape) -> Field {
      Field(name: name, shape: shape, isRequired: true)
    }

    static func optional(_ name: String, _ shape: Shape) -> Field {
      Field(name: name, shape: shape, isRequired: false)
    }
  }

  /// The same object with nothing required: a file that starts from another one gives only what differs.
  var withNothingRequired: Shape {
    guard case .object(let fields) = self else { return self }
    return .object(fields.map { .optional($0.name, $0.shape) })
  }
}
