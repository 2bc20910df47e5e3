import JSON
import NumberAuth
import XML

/// An XML document with templates, flattened: adjacent constant parts are one literal.
struct BoundXML: Sendable {
  enum Segment: Sendable {
    case literal(String)
    /// An escaped text between `before` and `after`. If it is optional and empty, all three are omitted.
    case text(Bound, Place, before: String, after: String)
  }

  /// Where a text is inserted.
  struct Place: Sendable {
    let name: String
    let isAttribute: Bool
    let isOptional: Bool
  }

  private let segments: [Segment]

  init(_ segments: [Segment]) { self.segments = segments }

  func bytes(_ evaluation: inout Evaluation) throws(Failure) -> [UInt8] {
    var output = ByteBuffer(capacity: 1024)
    for segment in segments {
      switch segment {
      case .literal(let text): output.append(text)
      case .text(let value, let place, let before, let after):
        let text = try value.text(&evaluation)
        if place.isOptional, text.isEmpty { continue }
        guard XMLText.isAllowed(text) else {
          throw .gateway(.invalidRequest, "'\(place.name)' contains a control character, which XML does not allow.")
        }
        output.append(before)
        output.append(XMLText.escaped(text, inAttribute: place.isAttribute))
        output.append(after)
      }
      if output.count > Value.maximumSize { throw evaluation.tooLarge("The XML document") }
    }
    return output.take()
  }
}

extension Binder {
  mutating func bind(_ form: XMLForm) throws(AccountFault) -> BoundXML {
    var segments: [BoundXML.Segment] = [.literal("<?xml version=\"1.0\" encoding=\"\(charset.xmlName)\"?>")]
    try flatten(form, into: &segments)
    return BoundXML(segments)
  }

  private mutating func flatten(_ form: XMLForm, into segments: inout [BoundXML.Segment]) throws(AccountFault) {
    let end = "</" + form.name + ">"
    if form.isOptional, case .text(let template) = form.content {
      return try append(
        template, .init(name: form.name, isAttribute: false, isOptional: true), before: "<" + form.name + ">",
        after: end, into: &segments)
    }
    segments.append(literal: "<" + form.name)
    for attribute in form.attributes {
      try append(
        attribute.value, .init(name: attribute.name, isAttribute: true, isOptional: attribute.isOptional),
        before: " " + attribute.name + "=\"", after: "\"", into: &segments)
    }
    segments.append(literal: ">")
    switch form.content {
    case .text(let template):
      try append(
        template, .init(name: form.name, isAttribute: false, isOptional: false), before: "", after: "",
        into: &segments)
    case .elements(let elements):
      for element in elements { try flatten(element, into: &segments) }
    }
    segments.append(literal: end)
  }

  private mutating func append(
    _ template: Template, _ place: BoundXML.Place, before: String, after: String,
    into segments: inout [BoundXML.Segment]
  ) throws(AccountFault) {
    let bound = place.isOptional ? try bind(optional: template) : try bind(template)
    guard let constant = bound.constant?.text else {
      return segments.append(.text(bound, place, before: before, after: after))
    }
    if place.isOptional, constant.isEmpty { return }
    guard XMLText.isAllowed(constant) else {
      throw fault(of: template, "'\(place.name)' contains a control character, which XML does not allow")
    }
    segments.append(literal: before + XMLText.escaped(constant, inAttribute: place.isAttribute) + after)
  }
}

extension [BoundXML.Segment] {
  fileprivate mutating func append(literal text: String) {
    guard case .literal(let before)? = last else { return append(.literal(text)) }
    self[count - 1] = .literal(before + text)
  }
}
