internal import Cryptography
internal import JSON
internal import Networking

/// One-click login with a JiGuang token: `POST /v1/web/loginTokenVerify` for apps and
/// `POST /v1/web/h5/loginTokenVerify` for pages (`specs/other-vendors.md` §1).
struct JiGuangLogin: VendorEndpoint {
  static let path = "/v1/web/loginTokenVerify"
  static let pagePath = "/v1/web/h5/loginTokenVerify"

  let core: SandboxCore
  /// The family of tokens that this path accepts.
  let family: Token.Family

  func answer(_ request: HTTPRequest, at now: Int64) -> VendorAnswer {
    do throws(Refusal) {
      let call = try JiGuangRequest(request, .login, core.accounts)
      let shape = JiGuangShape(exID: try call.fields.optional("exID"))
      let token = try redeem(try call.fields.required("loginToken"), call.account, now)
      guard let phone = try? call.account.encryptionKey.encrypt(Array(token.phoneNumber.utf8)) else {
        throw Refusal("9099")
      }
      return shape.success("8000", phone: Base64.encode(phone), fault: token.fault)
    } catch {
      return JiGuangShape(exID: "").refusal(error.code, error.message)
    }
  }

  private func redeem(_ text: String, _ account: JiGuangAccount, _ now: Int64) throws(Refusal) -> Token {
    do throws(TokenStore.Problem) {
      return try core.redeem(text, family, account: account.appKey, operation: .login, at: now)
    } catch {
      throw Refusal("9003")
    }
  }
}
