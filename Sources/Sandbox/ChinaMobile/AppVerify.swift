internal import Cryptography
internal import JSON
internal import Networking

/// Verification of apps: `POST /openapi/rs/tokenValidate` (`specs/china-mobile.md` §4; server-API document, chapter 2).
/// Hashed and HMAC-signed with keyType 0, encrypted and RSA-signed with keyType 1.
struct AppVerify: VendorEndpoint {
  static let path = "/openapi/rs/tokenValidate"

  let core: SandboxCore

  private struct Parameters {
    let version, msgId, timestamp, appId, phoneNum, token, sign, message, expandParams: String
    let isRSA: Bool
  }

  func answer(_ request: HTTPRequest, at now: Int64) -> VendorAnswer {
    let body = try? JSONValue.parse(request.body, duplicateKeys: .refused)
    let header = body?["header"]
    let shape = MobileVerifyShape(
      msgId: header?["msgId"]?.string ?? "", appId: header?["appId"]?.string ?? "", now: now,
      texts: CodeMessages.appVerify)
    do throws(Refusal) {
      guard request.method == "POST", VendorFields.saysJSON(request), let body, body.kind == .object else {
        throw Refusal("303")
      }
      return try verify(body, request.remoteAddress, shape, now)
    } catch {
      return shape.refusal(error.code, error.message)
    }
  }

  private func verify(
    _ body: JSONValue, _ address: String, _ shape: MobileVerifyShape, _ now: Int64
  ) throws(Refusal) -> VendorAnswer {
    let parameters = try read(body)
    guard parameters.version == "1.0", core.isCurrent(parameters.timestamp, at: now),
      let app = core.accounts.apps[parameters.appId], app.product == .app
    else { throw Refusal("102") }
    if let code = app.refuses[.verify] { throw Refusal(code) }
    guard app.allowedAddresses.allow(address) else { throw Refusal("124") }
    guard isSigned(parameters, by: app) else { throw Refusal("302") }
    let sent = try sentNumber(parameters, app)
    let token = try redeem(parameters, now)
    let isMatch =
      switch sent {
      case .plain(let number): number == token.phoneNumber
      case .hash(let hash): hash == hashed(token.phoneNumber, app, parameters)
      }
    var shape = shape
    shape.extra = [("message", parameters.message), ("expandParams", parameters.expandParams)]
    if !isMatch, app.offersSMSAssist { shape.extra.append(("accessToken", RandomText.alphanumeric(32))) }
    shape.extra.append(("taskId", RandomText.hex(16)))
    return shape.verdict(isMatch ? "000" : "001", fault: token.fault)
  }

  private func read(_ body: JSONValue) throws(Refusal) -> Parameters {
    let fields = VendorFields(value: body, missing: "102", wrongType: "303")
    let header = try fields.object("header")
    let inner = try fields.object("body")
    let requester = try inner.required("requesterType")
    let openType = try inner.optional("openType")
    guard requester == "1" && (openType.isEmpty || isOpenType(openType)) || requester == "0" && isOpenType(openType)
    else { throw Refusal("102") }
    return Parameters(
      version: try header.required("version"), msgId: try header.required("msgId"),
      timestamp: try header.required("timestamp"), appId: try header.required("appId"),
      phoneNum: try inner.required("phoneNum"), token: try inner.required("token"), sign: try inner.required("sign"),
      message: try inner.optional("message"), expandParams: try inner.optional("expandParams"),
      // Every value other than 1 has the meaning of 0.
      isRSA: try inner.optional("keyType") == "1")
  }

  /// The carrier of the phone: 1 China Mobile, 2 China Unicom, 3 China Telecom, 0 unknown.
  private func isOpenType(_ text: String) -> Bool { ["1", "2", "3", "0"].contains(text) }

  private func isSigned(_ parameters: Parameters, by app: ChinaMobileApp) -> Bool {
    let plain =
      parameters.appId + parameters.msgId + parameters.phoneNum + parameters.timestamp + parameters.token
      + parameters.version
    if parameters.isRSA {
      guard app.platformKey != nil, let signature = Base64.decode(parameters.sign) else { return false }
      return app.clientKey?.verify(signature, of: plain, .md5) ?? false
    }
    // The document requires upper case, so lower case is rejected.
    return Hex.encode(app.appKeyHMAC.authenticate(plain), .upper) == parameters.sign
  }

  private enum Sent {
    case plain(String)
    case hash(String)
  }

  private func sentNumber(_ parameters: Parameters, _ app: ChinaMobileApp) throws(Refusal) -> Sent {
    if parameters.isRSA {
      guard let ciphertext = Base64.decode(parameters.phoneNum),
        let number = SentPhoneNumber.decrypt(ciphertext, app, timestamp: parameters.timestamp)
      else { throw Refusal("004") }
      return .plain(number)
    }
    guard parameters.phoneNum.utf8.count == 64, Hex.decode(parameters.phoneNum) != nil,
      !parameters.phoneNum.utf8.contains(where: { $0 >= UInt8(ascii: "a") })
    else { throw Refusal("004") }
    return .hash(parameters.phoneNum)
  }

  private func hashed(_ number: String, _ app: ChinaMobileApp, _ parameters: Parameters) -> String {
    Hex.encode(DigestAlgorithm.sha256.hash(number + app.appKey + parameters.timestamp), .upper)
  }

  private func redeem(_ parameters: Parameters, _ now: Int64) throws(Refusal) -> Token {
    do throws(TokenStore.Problem) {
      return try core.state.withLock { state throws(TokenStore.Problem) in
        let token = try state.tokens.find(
          parameters.token, .app, account: parameters.appId, operation: .verify, at: now)
        state.useUpAppToken(token)
        return token
      }
    } catch {
      throw Refusal("606")
    }
  }
}
