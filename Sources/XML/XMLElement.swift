/// An element of a parsed XML document. Names include their namespace prefix as it is written.
public struct XMLElement: Sendable {
  public struct Attribute: Sendable, Equatable {
    public let name: String
    public let value: String
  }

  public let name: String
  public let attributes: [Attribute]
  /// The child elements, in the order of the document.
  public let children: [XMLElement]
  /// The character data without surrounding white space; nil if the element has child elements.
  public let text: String?
}

/// An error in an XML document. The description names an offset or a construct, never a value.
public enum XMLError: Error, Equatable, CustomStringConvertible {
  case invalid(offset: Int)
  case invalidUTF8
  case tooDeep(limit: Int)
  case tooManyAttributes(limit: Int)
  case documentType
  case processingInstruction
  /// A reference to an entity other than the five predefined ones.
  case entity(offset: Int)
  /// The declaration names an encoding that is not supported.
  case encoding
  /// A comment between two parts of a text: some parsers read only the first part.
  case dividedText(offset: Int)

  public var description: String {
    switch self {
    case .invalid(let offset): "not valid XML at byte \(offset)"
    case .invalidUTF8: "not valid UTF-8"
    case .tooDeep(let limit): "nested deeper than \(limit) levels"
    case .tooManyAttributes(let limit): "an element has more than \(limit) attributes"
    case .documentType: "document types are not supported"
    case .processingInstruction: "processing instructions are not supported"
    case .entity(let offset): "unknown entity at byte \(offset)"
    case .encoding: "the declared encoding is not supported"
    case .dividedText(let offset): "a comment divides a text at byte \(offset)"
    }
  }
}
