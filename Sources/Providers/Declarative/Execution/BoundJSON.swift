import JSON
import NumberAuth

/// A JSON value with templates, flattened: adjacent constant parts are one literal.
struct BoundJSON: Sendable {
  enum Segment: Sendable {
    case literal([UInt8])
    /// A comma, unless an object or array has just been opened.
    case comma
    case text(Bound)
    case number(Bound, name: String)
    /// A member that is omitted if its value is empty.
    case optional(key: [UInt8], value: Bound, isNumber: Bool, name: String)
  }

  private let segments: [Segment]
  private let capacity: Int

  init(_ segments: [Segment]) {
    self.segments = segments
    capacity = segments.reduce(0) { sum, segment in
      if case .literal(let bytes) = segment { sum + bytes.count } else { sum + 64 }
    }
  }

  func bytes(_ evaluation: inout Evaluation) throws(Failure) -> [UInt8] {
    var output = ByteBuffer(capacity: capacity)
    for segment in segments {
      if output.count > Value.maximumSize { throw evaluation.tooLarge("The JSON value") }
      switch segment {
      case .literal(let bytes): output.append(bytes)
      case .comma: Self.separate(&output)
      case .text(let value): output.append(quoted: try value.text(&evaluation))
      case .number(let value, let name): try Self.append(number: try value.text(&evaluation), name, &output)
      case .optional(let key, let value, let isNumber, let name):
        let text = try value.text(&evaluation)
        if text.isEmpty { continue }
        Self.separate(&output)
        output.append(key)
        if isNumber { try Self.append(number: text, name, &output) } else { output.append(quoted: text) }
      }
    }
    return output.take()
  }

  private static func separate(_ output: inout ByteBuffer) {
    if let last = output.last, last != UInt8(ascii: "{"), last != UInt8(ascii: "[") { output.append(UInt8(ascii: ",")) }
  }

  private static func append(number text: String, _ name: String, _ output: inout ByteBuffer) throws(Failure) {
    guard OperationReader.isJSONNumber(text) else {
      throw .gateway(.invalidRequest, "'\(name)' must be a number: the vendor requires a JSON number.")
    }
    output.append(text)
  }
}

extension Binder {
  mutating func bind(_ form: JSONForm) throws(AccountFault) -> BoundJSON {
    var segments: [BoundJSON.Segment] = []
    try flatten(form, "", into: &segments)
    for case .literal(let bytes) in segments where bytes.count > Value.maximumSize { throw tooLarge("the JSON value") }
    return BoundJSON(segments)
  }

  private mutating func flatten(
    _ form: JSONForm, _ name: String, into segments: inout [BoundJSON.Segment]
  ) throws(AccountFault) {
    switch form {
    case .literal(let json): segments.append(literal: Array(json.utf8))
    case .text(let template):
      let bound = try bind(template)
      if let constant = bound.constant {
        segments.append(literal: quoted(constant.text))
      } else {
        segments.append(.text(bound))
      }
    case .number(let template):
      let bound = try bind(template)
      if let constant = bound.constant {
        segments.append(literal: try number(constant, template, name))
      } else {
        segments.append(.number(bound, name: name))
      }
    case .choice: try flatten(resolved(form).form, name, into: &segments)
    case .array(let elements):
      segments.append(literal: [UInt8(ascii: "[")])
      for (index, element) in elements.enumerated() {
        if index > 0 { segments.append(literal: [UInt8(ascii: ",")]) }
        try flatten(element, name, into: &segments)
      }
      segments.append(literal: [UInt8(ascii: "]")])
    case .object(let members):
      segments.append(literal: [UInt8(ascii: "{")])
      var mayBeFirst = true
      for (index, member) in members.enumerated() {
        let member = try resolved(member)
        try flatten(member, comma: index == 0 ? nil : mayBeFirst, into: &segments)
        if !member.isOptional { mayBeFirst = false }
      }
      segments.append(literal: [UInt8(ascii: "}")])
    }
  }

  /// `comma`: nil for the first member; true if all preceding members can be omitted.
  private mutating func flatten(
    _ member: JSONForm.Member, comma: Bool?, into segments: inout [BoundJSON.Segment]
  ) throws(AccountFault) {
    let key = quoted(member.name) + [UInt8(ascii: ":")]
    if member.isOptional {
      switch member.value {
      case .text(let template):
        segments.append(.optional(key: key, value: try bind(optional: template), isNumber: false, name: member.name))
      case .number(let template):
        let bound = try bind(optional: template)
        if let constant = bound.constant, !constant.isEmpty { _ = try number(constant, template, member.name) }
        segments.append(.optional(key: key, value: bound, isNumber: true, name: member.name))
      case .literal, .array, .object, .choice: break
      }
      return
    }
    if comma == true { segments.append(.comma) }
    if comma == false { segments.append(literal: [UInt8(ascii: ",")]) }
    segments.append(literal: key)
    try flatten(member.value, member.name, into: &segments)
  }

  /// A constant number of the account or the file. An invalid number is reported when the account is loaded.
  private func number(_ constant: Value, _ template: Template, _ name: String) throws(AccountFault) -> [UInt8] {
    guard OperationReader.isJSONNumber(constant.text) else {
      throw fault(of: template, "'\(name)' must be a number: the vendor requires a JSON number")
    }
    return Array(constant.text.utf8)
  }

  /// Replaces a choice with the form that the account's field selects.
  func resolved(_ member: JSONForm.Member) throws(AccountFault) -> JSONForm.Member {
    let alternative = try resolved(member.value)
    return .init(
      name: member.name, value: alternative.form, isOptional: member.isOptional || alternative.isOptional)
  }

  private func resolved(_ form: JSONForm) throws(AccountFault) -> JSONForm.Alternative {
    guard case .choice(let field, let forms) = form else { return .init(form: form, isOptional: false) }
    let text = try self.field(field)
    guard let selected = forms.first(where: { $0.key == text })?.alternative else {
      return .init(form: .literal("null"), isOptional: false)
    }
    let inner = try resolved(selected.form)
    return .init(form: inner.form, isOptional: selected.isOptional || inner.isOptional)
  }

  private func quoted(_ text: String) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.appendQuoted(text)
    return bytes
  }
}

extension [BoundJSON.Segment] {
  /// Appends to the last literal if there is one.
  fileprivate mutating func append(literal bytes: [UInt8]) {
    if case .literal(var before)? = last {
      // Removed first, so that the bytes are uniquely referenced and not copied.
      removeLast()
      before += bytes
      append(.literal(before))
    } else {
      append(.literal(bytes))
    }
  }
}
