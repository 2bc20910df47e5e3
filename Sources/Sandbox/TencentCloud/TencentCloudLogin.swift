internal import Cryptography
internal import JSON
internal import Networking

/// One-click login with a Tencent Cloud token: `POST /v5/rapidauth/validate` (`specs/other-vendors.md` §4). The
/// document has no table of failures; the codes here are those of Tencent's similar SMS interfaces.
struct TencentCloudLogin: VendorEndpoint {
  static let path = "/v5/rapidauth/validate"
  /// Maximum difference between a timestamp and the clock, in milliseconds.
  static let signatureLife: Int64 = 10 * 60_000

  let core: SandboxCore

  private struct Parameters {
    let random, sig, time, token: String
  }

  func answer(_ request: HTTPRequest, at now: Int64) -> VendorAnswer {
    let shape = TencentCloudShape()
    do throws(Refusal) {
      guard request.method == "POST", VendorFields.saysJSON(request) else { throw Refusal("1004") }
      let query = FormPair.parse(request.query ?? "") ?? []
      func parameter(_ name: String) throws(Refusal) -> String {
        guard let pair = query.first(where: { $0.name == name }) else { throw Refusal("1004") }
        return pair.value
      }
      let sdkAppId = try parameter("sdkappid")
      let parameters = try read(request.body, random: try parameter("random"))
      guard let account = core.accounts.tencentCloud[sdkAppId] else { throw Refusal("1006") }
      if let code = account.refuses[.login] { throw Refusal(code) }
      try authenticate(parameters, account, now)
      let token = try redeem(parameters, account, now)
      return shape.success(token)
    } catch {
      return shape.refusal(error.code, error.message)
    }
  }

  private func read(_ body: [UInt8], random: String) throws(Refusal) -> Parameters {
    guard random.utf8.count == 10, random.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }),
      let body = try? JSONValue.parse(body, duplicateKeys: .refused), body.kind == .object
    else { throw Refusal("1004") }
    let fields = VendorFields(value: body, missing: "1004", wrongType: "1004")
    let carrier = try fields.optional("carrier")
    guard ["", "mobile", "unicom", "telecom"].contains(carrier) else { throw Refusal("1004") }
    _ = try fields.scalar("nationcode")
    return Parameters(
      random: random, sig: try fields.required("sig"),
      // The table in the document specifies a string, the example contains a number.
      time: try fields.scalar("time"), token: try fields.required("token"))
  }

  private func authenticate(
    _ parameters: Parameters, _ account: TencentCloudAccount, _ now: Int64
  ) throws(Refusal) {
    guard let time = UnixTime.seconds(parameters.time) else { throw Refusal("1004") }
    let plain = "appkey=" + account.appKey + "&random=" + parameters.random + "&time=" + parameters.time
    guard parameters.sig == Hex.encode(DigestAlgorithm.sha256.hash(plain)) else { throw Refusal("1001") }
    guard abs(time - now) <= TencentCloudLogin.signatureLife else { throw Refusal("1021") }
  }

  private func redeem(
    _ parameters: Parameters, _ account: TencentCloudAccount, _ now: Int64
  ) throws(Refusal) -> Token {
    do throws(TokenStore.Problem) {
      return try core.redeem(
        parameters.token, .tencentCloud, account: account.sdkAppId, operation: .login, at: now)
    } catch {
      throw Refusal("1007", "token is invalid or expired")
    }
  }
}

/// Responses of Tencent Cloud's interface (§4).
struct TencentCloudShape: AnswerShape {
  var codeKey: String { "result" }

  func refusal(_ code: String, _ message: String?) -> VendorAnswer {
    VendorAnswer(code: code, shape: self) { writer in
      writer.code("result", code)
      writer.member("errmsg", message ?? CodeMessages.tencentCloud[code] ?? "error")
    }
  }

  func success(_ token: Token) -> VendorAnswer {
    VendorAnswer(code: "0", shape: self, fault: token.fault) { writer in
      writer.code("result", "0")
      writer.member("errmsg", "OK")
      writer.member("mobile", token.phoneNumber)
    }
  }
}
