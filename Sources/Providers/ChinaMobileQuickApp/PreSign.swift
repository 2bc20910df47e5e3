import NumberAuth

/// Checks the texts that the client's key signs for a page: appId, msgId, timestamp, uuid and version, concatenated
/// (`specs/china-mobile.md §2`). The same key signs verifications. Their plain text also begins with appId and msgId,
/// but 172 characters of Base64 follow, so that it exceeds the length limit of this check.
struct PreSign: Sendable {
  enum Form: String, CaseIterable, Sendable {
    /// The format of the published SDK: msgId as a decimal fraction, 17 digits, a UUID, a version such as 1.2.
    case documented
    /// For other SDK versions: letters, digits, dots and hyphens, with a UUID after at least 17 digits.
    case loose
  }

  /// The maximum length of the text after the appId, in bytes.
  static let longestRest = 120

  let appId: String
  let form: Form

  /// Whether `check` accepts the texts of an SDK that is given this version.
  static func isVersion(_ text: String, form: Form) -> Bool {
    let bytes = Array(text.utf8)
    return bytes.count <= 16 && (form == .documented ? isDocumentedVersion(bytes[...]) : bytes.allSatisfy(isLooseByte))
  }

  func check(_ text: String) throws(Failure) {
    guard text.hasPrefix(appId) else { throw refusal("it does not begin with the account's appId") }
    let rest = Array(text.utf8.dropFirst(appId.utf8.count))
    guard rest.count <= Self.longestRest else { throw refusal("it is too long") }
    guard form == .documented ? isDocumented(rest) : isLoose(rest) else {
      throw refusal("it is not the concatenation of appId, msgId, timestamp, uuid and version")
    }
  }

  private func refusal(_ reason: String) -> Failure {
    .gateway(.invalidRequest, "'preSign' is not a text from jssdk.getSign: \(reason).")
  }

  /// `0.<digits>[e-<digits>]<17 digits><uuid><digits>.<digits>`; the version may be the SDK's `undefined`.
  private func isDocumented(_ rest: [UInt8]) -> Bool {
    guard rest.starts(with: "0.".utf8), let uuid = uuidStart(rest) else { return false }
    var head = rest[2..<uuid]
    let timestamp = head.suffix(17)
    guard timestamp.count == 17, timestamp.allSatisfy(Self.isDigit), timestamp.first == UInt8(ascii: "2") else {
      return false
    }
    head = head.dropLast(17)
    if let exponent = head.firstIndex(of: UInt8(ascii: "e")) {
      let digits = head[(exponent + 1)...]
      guard digits.first == UInt8(ascii: "-"), digits.count > 1, digits.dropFirst().allSatisfy(Self.isDigit) else {
        return false
      }
      head = head[..<exponent]
    }
    guard !head.isEmpty, head.allSatisfy(Self.isDigit) else { return false }
    let version = rest[(uuid + 36)...]
    return version.elementsEqual("undefined".utf8) || Self.isDocumentedVersion(version)
  }

  private static func isDocumentedVersion(_ version: ArraySlice<UInt8>) -> Bool {
    let parts = version.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    return parts.count == 2 && parts.allSatisfy { !$0.isEmpty && $0.count <= 3 && $0.allSatisfy(isDigit) }
  }

  private func isLoose(_ rest: [UInt8]) -> Bool {
    guard let uuid = uuidStart(rest), rest[..<uuid].suffix(17).count == 17,
      rest[..<uuid].suffix(17).allSatisfy(Self.isDigit)
    else { return false }
    return rest.allSatisfy(Self.isLooseByte)
  }

  private static func isLooseByte(_ byte: UInt8) -> Bool {
    isDigit(byte) || isLetter(byte) || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-")
  }

  /// The start of the last lower-case UUID (36 characters).
  private func uuidStart(_ rest: [UInt8]) -> Int? {
    guard rest.count >= 36 else { return nil }
    return (0...(rest.count - 36)).last { start in
      rest[start..<(start + 36)].enumerated().allSatisfy { index, byte in
        [8, 13, 18, 23].contains(index)
          ? byte == UInt8(ascii: "-") : Self.isDigit(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
      }
    }
  }

  private static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }

  private static func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7a).contains(byte | 0x20) }
}
