import JSON
import Networking
import NumberAuth

/// The JSON object of a request. Error messages contain names of members, never their values.
struct RequestBody: Sendable {
  private let json: JSONValue

  /// Throws `invalidRequest` for another content type, invalid JSON, or a JSON value that is not an object.
  init(_ request: HTTPRequest) throws(Failure) {
    guard request.headers.withValue(of: .contentType, Self.isJSON) else {
      throw .gateway(.invalidRequest, "The Content-Type must be application/json.")
    }
    do throws(JSONError) {
      json = try JSONValue.parse(request.body, duplicateKeys: .refused, maximumDepth: 16)
    } catch {
      throw .gateway(
        .invalidRequest,
        request.body.isEmpty
          ? "The body is empty; a JSON object is expected." : "The body cannot be read: \(error.description).")
    }
    guard json.kind == .object else { throw .gateway(.invalidRequest, "The body must be a JSON object.") }
  }

  private static func isJSON(_ type: UnsafeRawBufferPointer?) -> Bool {
    guard let type else { return false }
    if type.elementsEqual("application/json".utf8) { return true }
    let parts = String(decoding: type, as: UTF8.self).lowercased().split(separator: ";").map { part in
      String(part.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
    guard parts.first == "application/json" else { return false }
    return parts.dropFirst().allSatisfy {
      !$0.hasPrefix("charset=") || $0 == "charset=utf-8" || $0 == "charset=\"utf-8\""
    }
  }

  subscript(name: String) -> JSONValue? { json[name] }

  func string(_ name: String) throws(Failure) -> String? {
    do throws(JSONError) {
      return try json.optionalString(name)
    } catch {
      throw .gateway(.invalidRequest, "\(error.description).")
    }
  }

  func required(_ name: String) throws(Failure) -> String {
    guard let text = try string(name) else { throw .gateway(.invalidRequest, "'\(name)' is missing.") }
    guard !text.isEmpty else { throw .gateway(.invalidRequest, "'\(name)' is empty.") }
    return text
  }

  /// The token: 1 to 4096 printable ASCII characters. No vendor's token is longer or contains other characters.
  func token() throws(Failure) -> Secret {
    guard let text = try string("token") else { throw .gateway(.invalidRequest, "'token' is missing.") }
    let fits = (1...4096).contains(text.utf8.count) && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f }
    guard fits else {
      throw .gateway(.tokenMalformed, "'token' must be 1 to 4096 printable ASCII characters without spaces.")
    }
    return Secret(text)
  }

  /// The phone number that the user entered, of one of these countries.
  func phoneNumber(of countries: ServedCountries) throws(Failure) -> PhoneNumber {
    let text = try required("phoneNumber")
    guard let number = PhoneNumber(text, of: countries) else {
      throw .gateway(
        .invalidPhoneNumber,
        countries == .mainland
          ? "'phoneNumber' must be a mainland mobile number: 11 digits that begin with 13 to 19, with or without +86."
          : "'phoneNumber' must be a number with its calling code, such as +447700900123. The vendor serves \(countries)."
      )
    }
    return number
  }

  /// The SDK's fingerprint of the browser, unchanged; at most 8192 bytes. The gateway does not interpret it.
  func userInformation() throws(Failure) -> String? {
    guard let text = try string("userInformation") else { return nil }
    guard text.utf8.count <= 8192 else {
      throw .gateway(.invalidRequest, "'userInformation' must be at most 8192 bytes.")
    }
    return text
  }

  /// Members that only some vendors require. `inputs` is an object of strings and numbers; a number is passed as it is
  /// written in the JSON text.
  func extras() throws(Failure) -> CallExtras {
    let clientIP = try string("clientIp")
    guard clientIP.map({ $0.utf8.count <= 64 }) ?? true else {
      throw .gateway(.invalidRequest, "'clientIp' must be at most 64 bytes.")
    }
    guard let given = json["inputs"], !given.isNull else { return CallExtras(clientIP: clientIP) }
    guard given.kind == .object else { throw .gateway(.invalidRequest, "'inputs' must be an object.") }
    var inputs: [String: Secret] = [:]
    for (name, value) in given.members where !value.isNull {
      guard let text = value.text else {
        throw .gateway(.invalidRequest, "'inputs.\(FailureTable.bounded(name))' must be a string or a number.")
      }
      guard text.utf8.count <= 8192 else {
        throw .gateway(.invalidRequest, "'inputs.\(FailureTable.bounded(name))' must be at most 8192 bytes.")
      }
      inputs[name] = Secret(text)
    }
    return CallExtras(clientIP: clientIP, inputs: inputs)
  }

  func word<Word: RawRepresentable & CaseIterable>(
    _ name: String, as type: Word.Type
  ) throws(Failure) -> Word? where Word.RawValue == String {
    guard let text = try string(name) else { return nil }
    guard let word = Word(rawValue: text) else {
      throw .gateway(
        .invalidRequest,
        "'\(name)' must be one of " + Word.allCases.map { "'\($0.rawValue)'" }.joined(separator: ", ") + ".")
    }
    return word
  }
}
