internal import Cryptography
internal import JSON
internal import Networking

/// One-click login with a MobTech SecVerify token: `POST /auth/auth/sdkClientFreeLogin`
/// (`specs/other-vendors.md` §6). The documents have no table of the server's codes; the codes here are from clients.
struct MobTechLogin: VendorEndpoint {
  static let path = "/auth/auth/sdkClientFreeLogin"
  /// Maximum difference between a timestamp and the clock, in milliseconds. The documents define no limit.
  static let timestampTolerance: Int64 = 10 * 60_000
  static let numberIV = Array("00000000".utf8)

  let core: SandboxCore

  func answer(_ request: HTTPRequest, at now: Int64) -> VendorAnswer {
    let shape = MobTechShape()
    do throws(Refusal) {
      guard request.method == "POST", VendorFields.saysJSON(request),
        let body = try? JSONValue.parse(request.body, duplicateKeys: .refused), body.kind == .object
      else { throw Refusal("4119301") }
      return try login(body, request.headers["appkey"], shape, now)
    } catch {
      return shape.refusal(error.code, error.message)
    }
  }

  private func login(
    _ body: JSONValue, _ header: String?, _ shape: MobTechShape, _ now: Int64
  ) throws(Refusal) -> VendorAnswer {
    let fields = VendorFields(value: body, missing: "4119301", wrongType: "4119301")
    let appKey = try fields.required("appkey")
    // Some documents also require the appkey in the header, but clients without it work.
    guard header == nil || header == appKey else { throw Refusal("4119301") }
    let text = try fields.required("token")
    let inputs = ["opToken": try fields.required("opToken"), "operator": try fields.required("operator")]
    let sign = try fields.required("sign")
    let timestamp = try fields.scalar("timestamp")
    _ = try fields.optional("md5")
    guard let account = core.accounts.mobTech[appKey] else { throw Refusal("4119330") }
    guard MobTechSignature.signatures(body, account.appSecret).contains(sign) else { throw Refusal("4119342") }
    // The documents specify milliseconds; one client of the vendor sends seconds.
    guard let time = UnixTime.milliseconds(timestamp) ?? UnixTime.seconds(timestamp),
      abs(time - now) <= MobTechLogin.timestampTolerance
    else { throw Refusal("4119343") }
    if let code = account.refuses[.login] { throw Refusal(code) }
    guard Carrier.allCases.contains(where: { $0.mobTechName == inputs["operator"] }) else { throw Refusal("5119501") }
    let token = try redeem(text, inputs, account, now)
    let plain = JSONFragment { $0.object { $0.member("phone", token.phoneNumber) } }
    guard let res = try? account.numberKey.encrypt(plain.bytes, iv: MobTechLogin.numberIV) else {
      throw Refusal("5119105")
    }
    return shape.success(Base64.encode(res), fault: token.fault)
  }

  private func redeem(
    _ text: String, _ inputs: [String: String], _ account: MobTechAccount, _ now: Int64
  ) throws(Refusal) -> Token {
    do throws(TokenStore.Problem) {
      return try core.redeem(
        text, .mobTech, account: account.appKey, operation: .login, inputs: inputs, at: now)
    } catch {
      throw Refusal(error == .unknown ? "4119310" : "4119311")
    }
  }
}

/// Responses of MobTech's interface (§6).
struct MobTechShape: AnswerShape {
  var codeKey: String { "status" }

  func refusal(_ code: String, _ message: String?) -> VendorAnswer {
    VendorAnswer(code: code, shape: self) { writer in
      writer.code("status", code)
      writer.member("error", message ?? CodeMessages.mobTech[code] ?? "服务错误")
    }
  }

  func success(_ res: String, fault: Fault?) -> VendorAnswer {
    VendorAnswer(code: "200", shape: self, fault: fault) { writer in
      writer.code("status", "200")
      writer.key("error")
      writer.null()
      writer.member("res", res)
    }
  }
}
