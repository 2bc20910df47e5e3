internal import JSON
internal import Networking

/// Verification of a number with a JiGuang token: `POST /v1/web/verify` for apps and `POST /v1/web/h5/verify` for pages
/// (`specs/other-vendors.md` §1).
struct JiGuangVerify: VendorEndpoint {
  static let path = "/v1/web/verify"
  static let pagePath = "/v1/web/h5/verify"

  let core: SandboxCore
  /// The family of tokens that this path accepts.
  let family: Token.Family

  func answer(_ request: HTTPRequest, at now: Int64) -> VendorAnswer {
    do throws(Refusal) {
      let call = try JiGuangRequest(request, .verify, core.accounts)
      let shape = JiGuangShape(exID: try call.fields.optional("exID"))
      let text = try call.fields.required("token")
      // The table in the document specifies a string, the example contains a number.
      let phoneNumber = try call.fields.scalar("phone")
      guard PhoneText.isMobileNumber(phoneNumber) else { throw Refusal("9012") }
      let token = try redeem(text, call.account, now)
      return shape.success(token.phoneNumber == phoneNumber ? "9000" : "9001", fault: token.fault)
    } catch {
      return JiGuangShape(exID: "").refusal(error.code, error.message)
    }
  }

  private func redeem(_ text: String, _ account: JiGuangAccount, _ now: Int64) throws(Refusal) -> Token {
    do throws(TokenStore.Problem) {
      return try core.redeem(text, family, account: account.appKey, operation: .verify, at: now)
    } catch {
      throw Refusal("9003")
    }
  }
}
