internal import JSON
internal import Networking

/// The access token of a mini-program: `POST /cgi-bin/stable_token` (getStableAccessToken).
struct WeChatStableToken: VendorEndpoint {
  static let path = "/cgi-bin/stable_token"

  let core: SandboxCore

  func answer(_ request: HTTPRequest, at now: Int64) -> VendorAnswer {
    let shape = WeChatShape()
    do throws(Refusal) {
      guard request.method == "POST" else { throw Refusal("43002") }
      let body = try WeChatShape.body(request)
      let fields = VendorFields(value: body, missing: "41002", wrongType: "47001")
      guard try fields.optional("grant_type") == "client_credential" else { throw Refusal("40002") }
      guard let account = core.accounts.weChat[try fields.required("appid")] else { throw Refusal("40013") }
      let secret = try fields.optional("secret")
      guard !secret.isEmpty else { throw Refusal("41004") }
      guard secret == account.appSecret else { throw Refusal("40125") }
      let isForced = body["force_refresh"]?.bool ?? false
      let (text, secondsLeft) = core.state.withLock {
        $0.weChatTokens.token(of: account.appId, isForced: isForced, at: now)
      }
      // A success has no errcode.
      return VendorAnswer(code: "0", shape: shape) { writer in
        writer.member("access_token", text)
        writer.member("expires_in", Int(secondsLeft))
      }
    } catch {
      return shape.refusal(error.code, error.message)
    }
  }
}
