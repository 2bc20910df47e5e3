internal import Cryptography
internal import JSON
internal import Networking

/// Number Verification 2.1 of CAMARA: `GET …/device-phone-number` and `POST …/verify`. An access token is for one call.
struct CAMARANumbers: VendorEndpoint {
  static let numberPath = "/number-verification/v2/device-phone-number"
  static let verifyPath = "/number-verification/v2/verify"

  let core: SandboxCore
  let operation: Operation

  func answer(_ request: HTTPRequest, at now: Int64) -> VendorAnswer {
    let shape = CAMARANumberShape(correlator: request.headers["x-correlator"])
    do throws(Refusal) {
      guard request.method == (operation == .login ? "GET" : "POST") else { throw Refusal("NOT_FOUND") }
      let authorization = request.headers["Authorization"] ?? ""
      guard authorization.hasPrefix("Bearer ") else { throw Refusal("UNAUTHENTICATED") }
      let text = String(authorization.dropFirst("Bearer ".count))
      guard let grant = core.state.withLock({ $0.camaraGrants.use(text, at: now) }) else {
        throw Refusal("UNAUTHENTICATED")
      }
      guard grant.operation == operation else { throw Refusal("PERMISSION_DENIED") }
      if let code = core.accounts.camara[grant.clientId]?.refuses[operation] { throw Refusal(code) }
      let number = "+86" + grant.phoneNumber
      guard operation == .verify else {
        return shape.success(grant.fault) { $0.member("devicePhoneNumber", number) }
      }
      let isSame = try compare(request, number)
      return shape.success(grant.fault) { $0.member("devicePhoneNumberVerified", isSame) }
    } catch {
      return shape.refusal(error.code, error.message)
    }
  }

  /// The body has exactly one of the two members.
  private func compare(_ request: HTTPRequest, _ number: String) throws(Refusal) -> Bool {
    guard VendorFields.saysJSON(request), let body = try? JSONValue.parse(request.body, duplicateKeys: .refused),
      body.kind == .object, body.count == 1
    else { throw Refusal("INVALID_ARGUMENT") }
    if let plain = body["phoneNumber"]?.string, plain.hasPrefix("+") { return plain == number }
    guard let hash = body["hashedPhoneNumber"]?.string, hash.utf8.count == 64 else { throw Refusal("INVALID_ARGUMENT") }
    return hash.lowercased() == Hex.encode(DigestAlgorithm.sha256.hash(number))
  }
}

/// Responses of the API. The correlator of the request is repeated.
struct CAMARANumberShape: AnswerShape {
  let correlator: String?

  var codeKey: String { "code" }

  private var headers: HTTPFields {
    var fields = HTTPFields()
    if let correlator { fields.append("x-correlator", correlator) }
    return fields
  }

  func refusal(_ code: String, _ message: String?) -> VendorAnswer {
    let status =
      switch code {
      case "UNAUTHENTICATED": 401
      case "NOT_FOUND": 404
      case "INVALID_ARGUMENT", "OUT_OF_RANGE": 400
      default: 403
      }
    return VendorAnswer(code: code, shape: self, status: status, headers: headers) { writer in
      writer.member("status", status)
      writer.member("code", code)
      writer.member("message", message ?? code)
    }
  }

  func success(_ fault: Fault?, _ body: (inout JSONWriter) -> Void) -> VendorAnswer {
    VendorAnswer(code: "ok", shape: self, headers: headers, fault: fault, body)
  }
}
