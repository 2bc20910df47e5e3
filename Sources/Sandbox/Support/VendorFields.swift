internal import JSON
internal import Networking

/// Reads the members of a JSON request to a vendor. Values are strings by default.
struct VendorFields {
  let value: JSONValue
  /// The code for a mandatory field that is missing or empty.
  let missing: String
  /// The code for a value that is not a string.
  let wrongType: String

  /// Throws `Refusal` if the field is missing, empty or not a string.
  func required(_ key: String) throws(Refusal) -> String {
    let text = try optional(key)
    guard !text.isEmpty else { throw Refusal(missing) }
    return text
  }

  /// Returns an empty string if the field is missing or null. Throws `Refusal` if it is not a string.
  func optional(_ key: String) throws(Refusal) -> String {
    guard let member = value[key], !member.isNull else { return "" }
    guard let text = member.string else { throw Refusal(wrongType) }
    return text
  }

  /// The fields of a member that is an object. Throws `Refusal` if it is missing or not an object.
  func object(_ key: String) throws(Refusal) -> VendorFields {
    guard let member = value[key], !member.isNull else { throw Refusal(missing) }
    guard member.kind == .object else { throw Refusal(wrongType) }
    return VendorFields(value: member, missing: missing, wrongType: wrongType)
  }

  /// The text of a value that some clients send as a string and others as a number; empty if it is missing or null.
  /// Throws `Refusal` for every other type.
  func scalar(_ key: String) throws(Refusal) -> String {
    guard let member = value[key], member.kind == .number, let text = member.text else { return try optional(key) }
    return text
  }

  /// Whether the Content-Type is JSON, with or without a charset.
  static func saysJSON(_ request: HTTPRequest) -> Bool { says("application/json", request) }

  /// Whether the Content-Type is `mediaType`, which must be in lower case.
  static func says(_ mediaType: String, _ request: HTTPRequest) -> Bool {
    guard let type = request.headers["Content-Type"] else { return false }
    let essence = type.prefix { $0 != ";" }.filter { $0 != " " && $0 != "\t" }
    return essence.lowercased() == mediaType
  }
}
