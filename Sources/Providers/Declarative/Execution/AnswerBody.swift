import JSON
import NumberAuth
import XML

/// The body of a vendor's response, in the format that the provider file declares.
enum AnswerBody: Sendable {
  case json(JSONValue)
  case xml(XMLElement)
  case text(String)

  /// The result of looking up a pointer in XML or in a text.
  enum Lookup {
    case text(String)
    case missing
    /// Several elements, or a duplicate key in JSON inside a text: programs would read different values.
    case ambiguous
  }

  /// The scalar value at a pointer; nil if it is missing or empty.
  func text(at pointer: JSONPointer) -> String? {
    if case .json(let value) = self {
      guard let text = value.at(pointer, lookingIntoTexts: true)?.scalarText, !text.isEmpty else { return nil }
      return text
    }
    guard case .text(let text) = lookUp(pointer), !text.isEmpty else { return nil }
    return text
  }

  /// The first scalar value at one of these pointers that is not empty.
  func first(of pointers: [JSONPointer]) -> String? {
    for pointer in pointers {
      if let text = text(at: pointer) { return text }
    }
    return nil
  }

  /// Whether there is a value at a pointer: also an object or an array that is not empty.
  func hasValue(at pointer: JSONPointer) -> Bool {
    guard case .json(let value) = self else { return text(at: pointer) != nil }
    guard let found = value.at(pointer, lookingIntoTexts: true) else { return false }
    return found.scalarText.map { !$0.isEmpty } ?? (found.count > 0)
  }

  private func lookUp(_ pointer: JSONPointer) -> Lookup {
    switch self {
    // A parsed JSON value has no duplicate keys.
    case .json: .missing
    case .xml(let root): Self.lookUp(pointer.tokens[...], in: root)
    case .text(let text): Self.lookUp(pointer.tokens[...], inText: text)
    }
  }

  /// Throws if the body has several values at one of the pointers, each of which the file reads as one value.
  func check(_ pointers: [JSONPointer], _ response: VendorResponse, _ stage: Stage) throws(Failure) {
    for pointer in pointers {
      guard case .ambiguous = lookUp(pointer) else { continue }
      throw response.protocolError(stage, "The vendor's response has more than one value at \(pointer).")
    }
  }

  /// A name selects the elements with this name. If there are several, the next part of the pointer must be an index;
  /// for a single one it can be 0.
  private static func lookUp(_ tokens: ArraySlice<String>, in root: XMLElement) -> Lookup {
    var tokens = tokens
    var element: XMLElement?
    while let token = tokens.first {
      if let element, token.hasPrefix("@") {
        let name = token.dropFirst()
        guard tokens.count == 1,
          let attribute = element.attributes.first(where: { $0.name.utf8.elementsEqual(name.utf8) })
        else { return .missing }
        return .text(attribute.value)
      }
      if let text = element?.text { return lookUp(tokens, inText: text) }
      let named = (element?.children ?? [root]).filter { $0.name.hasSameBytes(as: token) }
      tokens.removeFirst()
      guard !named.isEmpty else { return .missing }
      if let index = tokens.first.flatMap(JSONPointer.arrayIndex) {
        guard index < named.count else { return .missing }
        tokens.removeFirst()
        element = named[index]
      } else if named.count == 1 {
        element = named[0]
      } else {
        return .ambiguous
      }
    }
    return element?.text.map { .text($0) } ?? .missing
  }

  /// The text itself, or a value of the JSON in it.
  private static func lookUp(_ tokens: ArraySlice<String>, inText text: String) -> Lookup {
    guard !tokens.isEmpty else { return .text(text) }
    do throws(JSONError) {
      let value = try JSONValue.parse(text, duplicateKeys: .refusedInStringsToo)
      return value.at(JSONPointer(tokens: tokens), lookingIntoTexts: true)?.scalarText.map { .text($0) } ?? .missing
    } catch {
      if case .duplicateKey = error { return .ambiguous }
      return .missing
    }
  }
}

extension AnswerDescription.Format {
  /// Reads the body of a response.
  func body(of response: VendorResponse, _ stage: Stage, _ table: FailureTable) throws(Failure) -> AnswerBody {
    switch self {
    case .json: return .json(try response.json(stage: stage, table))
    case .xml(let pointers):
      let body = AnswerBody.xml(try response.xml(stage: stage, table))
      try body.check(pointers, response, stage)
      return body
    case .text(let pointers):
      let body = AnswerBody.text(try response.text(stage: stage, table))
      try body.check(pointers, response, stage)
      return body
    }
  }
}
