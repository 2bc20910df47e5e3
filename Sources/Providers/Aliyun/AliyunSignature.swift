import Cryptography
import NumberAuth

/// One unsigned RPC call to Dypnsapi. Business parameters are in the query; the body is empty
/// (`specs/aliyun.md §2`).
struct AliyunCall: Sendable {
  static let version = "2017-05-25"

  let action: String
  let parameters: [(name: String, value: String)]

  /// Sorted by name; names and values are percent-encoded according to RFC 3986 (`specs/aliyun.md §3.1.3`).
  static func query(_ parameters: [(name: String, value: String)]) -> String {
    parameters.sorted { $0.name < $1.name }
      .map { PercentEncoding.encode($0.name) + "=" + PercentEncoding.encode($0.value) }
      .joined(separator: "&")
  }
}

/// The credentials and the two signatures of Aliyun's RPC style (`specs/aliyun.md §3`).
struct AliyunSigner: Sendable {
  enum Scheme: String, CaseIterable, Sendable {
    /// ACS3-HMAC-SHA256, in a header.
    case v3
    /// HMAC-SHA1, in the query.
    case v1
  }

  private static let emptyBodyHash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

  let accessKeyId: String
  let securityToken: Secret?
  let authority: String
  let scheme: Scheme
  private let key: HMACKey

  init(accessKeyId: String, accessKeySecret: Secret, securityToken: Secret?, authority: String, scheme: Scheme) {
    self.accessKeyId = accessKeyId
    self.securityToken = securityToken
    self.authority = authority
    self.scheme = scheme
    key =
      switch scheme {
      case .v3: HMACKey(.sha256, key: accessKeySecret.revealed)
      case .v1: HMACKey(.sha1, key: accessKeySecret.revealed + "&")
      }
  }

  func request(_ call: AliyunCall, _ context: CallContext) -> VendorRequest {
    switch scheme {
    case .v3: v3(call, context)
    case .v1: v1(call, context)
    }
  }

  /// §3.1. Only host and the x-acs headers are signed, so proxies can change all other headers.
  private func v3(_ call: AliyunCall, _ context: CallContext) -> VendorRequest {
    let query = AliyunCall.query(call.parameters)
    var signed = [
      VendorRequest.Header("host", authority),
      .init("x-acs-action", call.action),
      .init("x-acs-content-sha256", Self.emptyBodyHash),
      .init("x-acs-date", context.now.iso8601),
      .init("x-acs-signature-nonce", context.nonce),
      .init("x-acs-version", AliyunCall.version),
    ]
    if let securityToken {
      signed += [.init("x-acs-accesskey-id", accessKeyId), .init("x-acs-security-token", securityToken.revealed)]
      signed.sort { $0.name < $1.name }
    }
    let names = signed.map(\.name).joined(separator: ";")
    var canonical = "POST\n/\n" + query + "\n"
    for header in signed { canonical += header.name + ":" + header.value + "\n" }
    canonical += "\n" + names + "\n" + Self.emptyBodyHash
    let stringToSign = "ACS3-HMAC-SHA256\n" + Hex.encode(DigestAlgorithm.sha256.hash(canonical))
    let signature = Hex.encode(key.authenticate(stringToSign))
    let authorization =
      "ACS3-HMAC-SHA256 Credential=" + accessKeyId + ",SignedHeaders=" + names + ",Signature=" + signature
    return VendorRequest(
      target: query.isEmpty ? "/" : "/?" + query,
      headers: signed + [.init("Accept", "application/json"), .init("Authorization", authorization)], body: [])
  }

  /// §3.2. Public and business parameters together, percent-encoded twice for the signature.
  private func v1(_ call: AliyunCall, _ context: CallContext) -> VendorRequest {
    var parameters = call.parameters
    parameters += [
      ("Action", call.action), ("Version", AliyunCall.version), ("Format", "json"),
      ("Timestamp", context.now.iso8601), ("SignatureNonce", context.nonce), ("SignatureMethod", "HMAC-SHA1"),
      ("SignatureVersion", "1.0"), ("AccessKeyId", accessKeyId),
    ]
    if let securityToken { parameters.append(("SecurityToken", securityToken.revealed)) }
    let query = AliyunCall.query(parameters)
    let signature = Base64.encode(key.authenticate("POST&%2F&" + PercentEncoding.encode(query)))
    return VendorRequest(
      target: "/?" + query + "&Signature=" + PercentEncoding.encode(signature),
      headers: [.init("Accept", "application/json")], body: [])
  }
}
