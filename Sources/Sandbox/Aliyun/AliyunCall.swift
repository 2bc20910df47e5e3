internal import Cryptography
internal import JSON

/// One authenticated call of an Aliyun operation (`specs/aliyun.md` §5).
struct AliyunCall {
  let core: SandboxCore
  let parameters: AliyunParameters
  let account: String
  let shape: AliyunShape
  let now: Int64

  func perform(_ operation: AliyunOperation) throws(Refusal) -> VendorAnswer {
    switch operation {
    case .getAuthToken: return try getAuthToken()
    case .verifyPhoneWithToken:
      let number = try phoneNumber()
      let token = try redeem(required("SpToken"), .aliyunH5, .verify)
      return verdict("GateVerify", number, token)
    case .verifyMobile:
      let number = try phoneNumber()
      let token = try redeem(required("AccessCode"), .aliyunApp, .verify)
      return verdict("GateVerifyResultDTO", number, token)
    case .getPhoneWithToken:
      let token = try redeem(required("SpToken"), .aliyunH5, .login)
      return retrieved("Data", token)
    case .getMobile:
      let token = try redeem(required("AccessToken"), .aliyunApp, .login)
      return retrieved("GetMobileResultDTO", token)
    }
  }

  private func required(_ name: String) throws(Refusal) -> String {
    guard let value = parameters[name] else { throw .missingParameter(name) }
    return value
  }

  private func phoneNumber() throws(Refusal) -> String {
    let number = try required("PhoneNumber")
    guard PhoneText.isMobileNumber(number) else { throw Refusal("isv.MOBILE_NUMBER_ILLEGAL") }
    return number
  }

  // MARK: GetAuthToken

  private func getAuthToken() throws(Refusal) -> VendorAnswer {
    let url = try required("Url")
    let origin = try required("Origin")
    let scheme = try scheme(url: url, origin: origin)
    let operation: Operation?
    switch parameters["BizType"] {
    case nil: operation = nil
    case "0": operation = .verify
    case "1": operation = .login
    default: throw Refusal("isv.INVALID_PARAMETERS", "BizType")
    }
    if let operation, !scheme.operations.contains(operation) { throw Refusal("isv.FORBIDDEN_ACTION") }
    let token = AuthToken(
      accessToken: Base64.encode(SecureRandom.bytes(97)), jwtToken: jwt(), account: account, scheme: scheme,
      operation: operation, mintedAt: now)
    core.state.withLock { $0.authTokens.add(token) }
    return shape.success { writer in
      writer.object("TokenInfo") { writer in
        writer.member("AccessToken", token.accessToken)
        writer.member("JwtToken", token.jwtToken)
      }
    }
  }

  /// Finds the scheme by Url (with a final slash) and Origin (without a final slash). Older SDKs omit SceneCode.
  private func scheme(url: String, origin: String) throws(Refusal) -> AliyunScheme {
    var schemes = core.accounts.schemes.filter { $0.account == account && $0.channel == .h5 }
    if let code = parameters["SceneCode"] {
      schemes = schemes.filter { $0.sceneCode == code }
      guard !schemes.isEmpty else { throw Refusal("isv.SCENE_QUERY_FAIL") }
    }
    guard let scheme = schemes.first(where: { $0.url == url && $0.origin == origin }) else {
      throw Refusal("isv.VERIFY_SCHEME_NOT_EXIST")
    }
    return scheme
  }

  private func jwt() -> String {
    let header = JSONFragment { $0.object { $0.member("alg", "HS256") } }
    let payload = JSONFragment { writer in
      writer.object { writer in
        writer.member("iss", "sandbox")
        writer.member("iat", Int(now / 1000))
        writer.member("exp", Int((now + AuthToken.jwtTokenLife) / 1000))
        writer.member("jti", RandomText.uuid())
      }
    }
    return [header.bytes, payload.bytes, SecureRandom.bytes(32)].map(Base64.encodeURLSafe).joined(separator: ".")
  }

  // MARK: Tokens

  private func redeem(
    _ text: String, _ family: Token.Family, _ operation: Operation
  ) throws(Refusal) -> Token {
    do throws(TokenStore.Problem) {
      return try core.redeem(text, family, account: account, operation: operation, at: now)
    } catch {
      throw Refusal(error == .otherOperation ? "isv.TOKEN_UNAUTHORIZED_USED" : "isv.TOKEN_INVALID")
    }
  }

  /// A fault with the code UNKNOWN results in the verification result UNKNOWN, not in a failure.
  private func verdict(_ member: String, _ number: String, _ token: Token) -> VendorAnswer {
    var fault = token.fault
    var result = number == token.phoneNumber ? "PASS" : "REJECT"
    if fault?.code == "UNKNOWN" {
      fault?.code = nil
      result = "UNKNOWN"
    }
    return shape.success(fault: fault) { writer in
      writer.object(named: member) { writer in
        writer.member("VerifyResult", result)
        writer.member("VerifyId", RandomText.fraction().dropFirst(2) + "")
      }
    }
  }

  private func retrieved(_ member: String, _ token: Token) -> VendorAnswer {
    shape.success(fault: token.fault) { writer in
      writer.object(named: member) { $0.member("Mobile", token.phoneNumber) }
    }
  }
}
