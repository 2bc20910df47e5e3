internal import Cryptography
internal import JSON
internal import Networking

/// One-click login with a token of Getui's GeYan: `POST /v2/gy/ct_login/gy_get_pn` (`specs/other-vendors.md` §3).
struct GetuiLogin: VendorEndpoint {
  static let path = "/v2/gy/ct_login/gy_get_pn"
  /// Maximum difference between a timestamp and the clock, in milliseconds. The documents define no limit.
  static let timestampTolerance: Int64 = 10 * 60_000
  static let numberIV = Array("0000000000000000".utf8)

  let core: SandboxCore

  private struct Parameters {
    let appId, token, timestamp, sign: String
    let inputs: [String: String]
  }

  func answer(_ request: HTTPRequest, at now: Int64) -> VendorAnswer {
    let shape = GetuiShape()
    do throws(Refusal) {
      guard request.method == "POST", VendorFields.saysJSON(request),
        let body = try? JSONValue.parse(request.body, duplicateKeys: .refused), body.kind == .object
      else { throw Refusal("40032") }
      return try login(body, shape, now)
    } catch {
      return shape.refusal(error.code, error.message)
    }
  }

  private func login(_ body: JSONValue, _ shape: GetuiShape, _ now: Int64) throws(Refusal) -> VendorAnswer {
    let parameters = try read(body)
    guard let account = core.accounts.getui[parameters.appId] else { throw Refusal("40004") }
    let signatures = GetuiSignature.signatures(body, timestamp: parameters.timestamp, account)
    guard signatures.contains(parameters.sign) else { throw Refusal("60008") }
    guard let time = UnixTime.milliseconds(parameters.timestamp), abs(time - now) <= GetuiLogin.timestampTolerance
    else { throw Refusal("40032") }
    if let code = account.refuses[.login] { throw Refusal(code) }
    let token = try redeem(parameters, now)
    let plain = Array(token.phoneNumber.utf8)
    guard let pn = try? account.numberKey.encrypt(plain, .cbc(iv: GetuiLogin.numberIV)) else {
      throw Refusal("50000")
    }
    return shape.success(Hex.encode(pn), fault: token.fault)
  }

  private func read(_ body: JSONValue) throws(Refusal) -> Parameters {
    let fields = VendorFields(value: body, missing: "40032", wrongType: "40032")
    let appId = try fields.optional("appId")
    guard !appId.isEmpty else { throw Refusal("40005") }
    guard let timestamp = body["timestamp"]?.int else { throw Refusal("40032") }
    let inputs = ["gyuid": try fields.required("gyuid"), "processId": try fields.optional("processId")]
    return Parameters(
      appId: appId, token: try fields.required("token"), timestamp: String(timestamp),
      sign: try fields.required("sign"), inputs: inputs)
  }

  private func redeem(_ parameters: Parameters, _ now: Int64) throws(Refusal) -> Token {
    do throws(TokenStore.Problem) {
      return try core.redeem(
        parameters.token, .getui, account: parameters.appId, operation: .login, inputs: parameters.inputs, at: now)
    } catch {
      throw Refusal("40040")
    }
  }
}

/// Responses of Getui's interface (§3): the result is in `data`; `errno` of the outer object is always 0.
struct GetuiShape: AnswerShape {
  var codeKey: String { "result" }

  func refusal(_ code: String, _ message: String?) -> VendorAnswer {
    answer(code, message ?? CodeMessages.getui[code] ?? "未知错误", nil) { _ in }
  }

  func success(_ pn: String, fault: Fault?) -> VendorAnswer {
    answer("20000", CodeMessages.getui["20000"] ?? "", fault) { writer in
      writer.object("data") { $0.member("pn", pn) }
    }
  }

  private func answer(
    _ code: String, _ message: String, _ fault: Fault?, _ data: (inout JSONWriter) -> Void
  ) -> VendorAnswer {
    VendorAnswer(code: code, shape: self, fault: fault) { writer in
      writer.member("errno", 0)
      writer.object("data") { writer in
        writer.member("result", code)
        writer.member("msg", message)
        data(&writer)
      }
    }
  }
}
