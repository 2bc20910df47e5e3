internal import Cryptography
internal import Networking

/// Authenticates the caller of an Aliyun operation, with signature V3 or V1 (`specs/aliyun.md` §3).
struct AliyunAuthentication: Sendable {
  /// Maximum difference between a timestamp and the clock, in milliseconds: the usual value for V3 (§8).
  static let timestampTolerance: Int64 = 15 * 60_000

  let core: SandboxCore

  /// Returns the access key that signed the request. Throws `Refusal` with a code of §6.4.
  func caller(
    of request: HTTPRequest, _ parameters: AliyunParameters, at now: Int64
  ) throws(Refusal) -> AliyunAccessKey {
    if let authorization = request.headers["Authorization"] {
      return try callerV3(request, authorization, parameters, now)
    }
    return try callerV1(request, parameters, now)
  }

  // MARK: V3

  private func callerV3(
    _ request: HTTPRequest, _ authorization: String, _ parameters: AliyunParameters, _ now: Int64
  ) throws(Refusal) -> AliyunAccessKey {
    let credentials = try V3Credentials(authorization)
    func header(_ name: String) throws(Refusal) -> String {
      guard let value = request.headers[name], !value.isEmpty else {
        throw Refusal("IncompleteSignature", "The header \(name) is missing.")
      }
      return value
    }
    let payloadHash = try header("x-acs-content-sha256")
    let date = try header("x-acs-date")
    let nonce = try header("x-acs-signature-nonce")
    try checkSignedHeaders(request, credentials.signedHeaders)
    let key = try accessKey(credentials.accessKeyId)
    try checkTime(date, now)
    guard payloadHash == Hex.encode(DigestAlgorithm.sha256.hash(request.body)) else {
      throw Refusal("SignatureDoesNotMatch", "x-acs-content-sha256 is not the hash of the body.")
    }
    let headers = credentials.signedHeaders.map { (name: $0, values: request.headers.all($0)) }
    let canonical = AliyunSignature.V3.canonicalRequest(
      method: request.method, path: request.path, query: parameters.query, headers: headers, payloadHash: payloadHash)
    guard AliyunSignature.V3.signature(canonical, key.v3Key) == credentials.signature else {
      throw mismatch(AliyunSignature.V3.stringToSign(canonical))
    }
    try checkSecurityToken(key, request.headers["x-acs-security-token"])
    if let claimed = request.headers["x-acs-accesskey-id"], claimed != key.id {
      throw Refusal("SignatureDoesNotMatch", "x-acs-accesskey-id does not match the credential.")
    }
    try useNonce(nonce, key, now)
    return key
  }

  /// The fields Host and `x-acs-*` must be signed, and Content-Type if there is a body.
  private func checkSignedHeaders(_ request: HTTPRequest, _ signed: [String]) throws(Refusal) {
    for (name, _) in request.headers.pairs {
      let name = name.lowercased()
      let isCommon = name == "host" || name.hasPrefix("x-acs-") || name == "content-type" && !request.body.isEmpty
      guard !isCommon || signed.contains(name) else {
        throw Refusal("IncompleteSignature", "The header \(name) is not signed.")
      }
    }
    for name in signed where request.headers[name] == nil {
      throw Refusal("IncompleteSignature", "The signed header \(name) is missing.")
    }
  }

  // MARK: V1

  private func callerV1(
    _ request: HTTPRequest, _ parameters: AliyunParameters, _ now: Int64
  ) throws(Refusal) -> AliyunAccessKey {
    func parameter(_ name: String) throws(Refusal) -> String {
      guard let value = parameters[name] else { throw .missingParameter(name) }
      return value
    }
    let id = try parameter("AccessKeyId")
    let signature = try parameter("Signature")
    let timestamp = try parameter("Timestamp")
    let nonce = try parameter("SignatureNonce")
    guard try parameter("SignatureMethod") == "HMAC-SHA1", try parameter("SignatureVersion") == "1.0" else {
      throw Refusal("IncompleteSignature", "SignatureMethod must be HMAC-SHA1 and SignatureVersion 1.0.")
    }
    let names = parameters.all.map(\.name)
    guard Set(names).count == names.count else { throw Refusal("InvalidParameter", "A parameter occurs twice.") }
    let key = try accessKey(id)
    try checkTime(timestamp, now)
    let stringToSign = AliyunSignature.V1.stringToSign(method: request.method, parameters.all)
    guard AliyunSignature.V1.signature(stringToSign, key.v1Key) == signature else { throw mismatch(stringToSign) }
    try checkSecurityToken(key, parameters["SecurityToken"])
    try useNonce(nonce, key, now)
    return key
  }

  // MARK: Both

  private func accessKey(_ id: String) throws(Refusal) -> AliyunAccessKey {
    guard let key = core.accounts.accessKeys[id] else { throw Refusal("InvalidAccessKeyId.NotFound") }
    if key.refuses == "InvalidAccessKeyId.Inactive" { throw Refusal("InvalidAccessKeyId.Inactive") }
    return key
  }

  private func checkTime(_ text: String, _ now: Int64) throws(Refusal) {
    guard let time = AliyunTime.milliseconds(text) else { throw Refusal("InvalidTimeStamp.Format") }
    guard abs(time - now) <= AliyunAuthentication.timestampTolerance else { throw Refusal("InvalidTimeStamp.Expired") }
  }

  private func checkSecurityToken(_ key: AliyunAccessKey, _ sent: String?) throws(Refusal) {
    guard key.securityToken != sent else { return }
    guard key.securityToken != nil else { throw Refusal("InvalidSecurityToken.MismatchWithAccessKey") }
    throw Refusal(sent == nil ? "MissingSecurityToken" : "InvalidSecurityToken.Malformed")
  }

  private func useNonce(_ nonce: String, _ key: AliyunAccessKey, _ now: Int64) throws(Refusal) {
    guard core.state.withLock({ $0.nonces.use(nonce, of: key.id, at: now) }) else {
      throw Refusal("SignatureNonceUsed")
    }
  }

  /// The message contains the server's string to sign, like the vendor's.
  private func mismatch(_ stringToSign: String) -> Refusal {
    Refusal(
      "SignatureDoesNotMatch",
      "Specified signature is not matched with our calculation. server string to sign is:" + stringToSign)
  }
}

/// The parts of an Authorization field of ACS3-HMAC-SHA256 (§3.1, step 8).
private struct V3Credentials {
  let accessKeyId: String
  let signedHeaders: [String]
  let signature: String

  init(_ authorization: String) throws(Refusal) {
    let prefix = AliyunSignature.V3.algorithm + " "
    guard authorization.hasPrefix(prefix) else {
      throw Refusal("IncompleteSignature", "Authorization must begin with \(AliyunSignature.V3.algorithm).")
    }
    var parts: [Substring: String] = [:]
    for part in authorization.dropFirst(prefix.count).split(separator: ",") {
      let sides = part.drop { $0 == " " }.split(separator: "=", maxSplits: 1)
      if sides.count == 2 { parts[sides[0]] = String(sides[1]) }
    }
    guard let id = parts["Credential"], let signed = parts["SignedHeaders"], let signature = parts["Signature"] else {
      throw Refusal("IncompleteSignature", "Authorization needs Credential, SignedHeaders and Signature.")
    }
    accessKeyId = id
    signedHeaders = signed.split(separator: ";").map(String.init)
    self.signature = signature
  }
}

extension Refusal {
  static func missingParameter(_ name: String) -> Refusal {
    Refusal(
      "MissingParameter",
      "The input parameter \"\(name)\" that is mandatory for processing this request is not supplied.")
  }
}
