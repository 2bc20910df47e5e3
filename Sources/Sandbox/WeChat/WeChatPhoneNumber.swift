internal import JSON
internal import Networking

/// The phone number of a code: `POST /wxa/business/getuserphonenumber` (getPhoneNumber).
struct WeChatPhoneNumber: VendorEndpoint {
  static let path = "/wxa/business/getuserphonenumber"

  let core: SandboxCore

  func answer(_ request: HTTPRequest, at now: Int64) -> VendorAnswer {
    let shape = WeChatShape()
    do throws(Refusal) {
      guard request.method == "POST" else { throw Refusal("43002") }
      // The access token is checked before the body is read.
      let query = FormPair.parse(request.query ?? "") ?? []
      guard let accessToken = query.first(where: { $0.name == "access_token" })?.value, !accessToken.isEmpty else {
        throw Refusal("41001")
      }
      guard let appId = core.state.withLock({ $0.weChatTokens.app(of: accessToken, at: now) }) else {
        throw Refusal("40001")
      }
      if let code = core.accounts.weChat[appId]?.refuses[.login] { throw Refusal(code) }
      let fields = VendorFields(value: try WeChatShape.body(request), missing: "40029", wrongType: "47001")
      let token = try redeem(try fields.required("code"), appId, now)
      return shape.success(token, appId: appId, at: now)
    } catch {
      return shape.refusal(error.code, error.message)
    }
  }

  private func redeem(_ code: String, _ appId: String, _ now: Int64) throws(Refusal) -> Token {
    do throws(TokenStore.Problem) {
      return try core.redeem(code, .weChat, account: appId, operation: .login, at: now)
    } catch {
      throw Refusal(error == .otherAccount ? "40013" : "40029")
    }
  }
}

/// Responses of WeChat's server interfaces.
struct WeChatShape: AnswerShape {
  var codeKey: String { "errcode" }

  static func body(_ request: HTTPRequest) throws(Refusal) -> JSONValue {
    guard !request.body.isEmpty else { throw Refusal("44002") }
    guard let body = try? JSONValue.parse(request.body, duplicateKeys: .refused), body.kind == .object else {
      throw Refusal("47001")
    }
    return body
  }

  func refusal(_ code: String, _ message: String?) -> VendorAnswer {
    VendorAnswer(code: code, shape: self) { writer in
      writer.code("errcode", code)
      let text = message ?? CodeMessages.weChat[code] ?? "error"
      writer.member("errmsg", text + " rid: " + RandomText.hex(4) + "-" + RandomText.hex(4))
    }
  }

  func success(_ token: Token, appId: String, at now: Int64) -> VendorAnswer {
    VendorAnswer(code: "0", shape: self, fault: token.fault) { writer in
      writer.code("errcode", "0")
      writer.member("errmsg", "ok")
      writer.object("phone_info") { writer in
        writer.member("phoneNumber", token.phoneNumber)
        writer.member("purePhoneNumber", token.phoneNumber)
        writer.member("countryCode", "86")
        writer.object("watermark") { writer in
          writer.member("timestamp", Int(now / 1000))
          writer.member("appid", appId)
        }
      }
    }
  }
}
