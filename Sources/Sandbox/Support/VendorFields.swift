internal import JSON
internal import Networking

/// Reads a vendor's JSON request as its document has it: every value a string where nothing else is said.
struct VendorFields {
  let value: JSONValue
  /// The code for a mandatory field that is missing or empty.
  let missing: String
  /// The code for a value that is not a string.
  let wrongType: String

  /// Throws `Refusal` where the field is missing, empty or not a string.
  func required(_ key: String) throws(Refusal) -> String {
    let text = try optional(key)
    guard !text.isEmpty else { throw Refusal(missing) }
    return text
  }

  /// Empty where the field is missing or null. Throws `Refusal` where it is not a string.
  func optional(_ key: String) throws(Refusal) -> String {
    guard let member = value[key], !member.isNull else { return "" }
    guard let text = member.string else { throw Refusal(wrongType) }
    return text
  }

  /// The fields of an object inside this one. Throws `Refusal` where it is missing or not an object.
  func object(_ key: String) throws(Refusal) -> VendorFields {
    guard let member = value[key], !member.isNull else { throw Refusal(missing) }
    guard member.kind == .object else { throw Refusal(wrongType) }
    return VendorFields(value: member, missing: missing, wrongType: wrongType)
  }

  /// The text of a value that some clients send as a string and others as a number; empty where it is missing or null.
  /// Throws `Refusal` where it is neither.
  func scalar(_ key: String) throws(Refusal) -> String {
    guard let member = value[key], member.kind == .number, let text = member.text else { return try optional(key) }
    return text
  }

  /// Whether the request says that its body is JSON, with or without a charset.
  static func saysJSON(_ request: HTTPRequest) -> Bool { says("application/json", request) }

  /// Whether the request says that its body has this media type, given in lower case.
  static func says(_ mediaType: String, _ request: HTTPRequest) -> Bool {
    guard let type = request.headers["Content-Type"] else { return false }
    let essence = type.prefix { $0 != ";" }.filter { $0 != " " && $0 != "\t" }
    return essence.lowercased() == mediaType
  }
}
