internal import JSON

/// An invalid request to the control interface: the field, and its expected value.
struct ControlError: Error, Sendable {
  let field: String
  let message: String
}

/// Reads one JSON object of a request to the control interface. Unknown fields are rejected: with a misspelt field, a
/// test would have no effect.
struct ControlFields {
  let value: JSONValue
  private let path: String

  init(_ value: JSONValue, path: String = "", known: Set<String>) throws(ControlError) {
    self.value = value
    self.path = path
    guard value.kind == .object else { throw ControlError(field: path, message: "must be an object") }
    for (key, _) in value.members where !known.contains(key) {
      throw ControlError(field: name(key), message: "is an unknown field")
    }
  }

  func name(_ key: String) -> String { path.isEmpty ? key : path + "." + key }

  func fail(_ key: String, _ message: String) -> ControlError { ControlError(field: name(key), message: message) }

  func required(_ key: String) throws(ControlError) -> String {
    guard let text = try optional(key), !text.isEmpty else { throw fail(key, "must be a non-empty string") }
    return text
  }

  func optional(_ key: String) throws(ControlError) -> String? {
    guard let member = value[key], !member.isNull else { return nil }
    guard let text = member.string else { throw fail(key, "must be a string") }
    return text
  }

  func number(_ key: String, in range: ClosedRange<Int>) throws(ControlError) -> Int? {
    guard let member = value[key], !member.isNull else { return nil }
    guard let number = member.int, range.contains(number) else {
      throw fail(key, "must be a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }

  func choice<Choice>(_ key: String) throws(ControlError) -> Choice?
  where Choice: RawRepresentable & CaseIterable, Choice.RawValue == String {
    guard let text = try optional(key) else { return nil }
    guard let choice = Choice(rawValue: text) else {
      throw fail(key, "must be one of " + Choice.allCases.map(\.rawValue).joined(separator: ", "))
    }
    return choice
  }

  func requiredChoice<Choice>(_ key: String) throws(ControlError) -> Choice
  where Choice: RawRepresentable & CaseIterable, Choice.RawValue == String {
    guard let choice: Choice = try choice(key) else {
      throw fail(key, "must be one of " + Choice.allCases.map(\.rawValue).joined(separator: ", "))
    }
    return choice
  }

  /// The members of an object with strings; empty if the object is missing.
  func texts(_ key: String, known: Set<String>) throws(ControlError) -> [String: String] {
    guard let member = value[key], !member.isNull else { return [:] }
    let fields = try ControlFields(member, path: name(key), known: known)
    var texts: [String: String] = [:]
    for (key, _) in member.members { texts[key] = try fields.optional(key) }
    return texts
  }

  func fault() throws(ControlError) -> Fault? {
    guard let member = value["fault"], !member.isNull else { return nil }
    return try Fault(member, path: name("fault"))
  }
}

extension Fault {
  init(_ value: JSONValue, path: String) throws(ControlError) {
    let fields = try ControlFields(
      value, path: path,
      known: [
        "stage", "carrier", "code", "message", "httpStatus", "delayMilliseconds", "connection", "body", "contentType",
      ])
    stage = try fields.choice("stage") ?? .server
    carrier = try fields.choice("carrier")
    // Codes can be numbers or strings.
    code = fields.value["code"]?.int.map(String.init)
    if code == nil { code = try fields.optional("code") }
    message = try fields.optional("message")
    httpStatus = try fields.number("httpStatus", in: 200...599)
    guard httpStatus != 204, httpStatus != 304 else { throw fields.fail("httpStatus", "must allow a body") }
    delayMilliseconds = try fields.number("delayMilliseconds", in: 0...60_000) ?? 0
    connection = try fields.choice("connection")
    body = try fields.choice("body")
    contentType = try fields.optional("contentType")
    guard contentType?.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7f }) ?? true else {
      throw fields.fail("contentType", "must be printable ASCII")
    }
  }
}
