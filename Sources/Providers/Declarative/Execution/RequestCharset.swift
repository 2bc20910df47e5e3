import Cryptography
import Networking
import NumberAuth

extension RequestDescription.Charset {
  /// The text in this charset, percent-encoded. `name` is the parameter, for messages.
  func percentEncoded(_ text: String, _ name: String) throws(Failure) -> String {
    switch self {
    case .utf8: return PercentEncoding.encode(text)
    case .gbk:
      guard let bytes = Charset.encodeGBK(Array(text.utf8)) else {
        throw Self.unavailable("The value of '\(name)' contains")
      }
      return PercentEncoding.encode(bytes)
    }
  }

  /// Converts a body from UTF-8.
  func body(_ text: [UInt8]) throws(Failure) -> [UInt8] {
    switch self {
    case .utf8: return text
    case .gbk:
      guard let bytes = Charset.encodeGBK(text) else { throw Self.unavailable("The body of the request contains") }
      return bytes
    }
  }

  /// The name in an XML declaration.
  var xmlName: String { self == .gbk ? "GBK" : "UTF-8" }

  /// The name that is appended to the Content-Type. UTF-8 is the default of the formats.
  var contentTypeParameter: String { self == .gbk ? ";charset=GBK" : "" }

  private static func unavailable(_ what: String) -> Failure {
    .gateway(.invalidRequest, what + " a character that GBK, the charset of the vendor's API, does not have.")
  }
}
