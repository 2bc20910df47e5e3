internal import JSON
internal import Networking

/// The authorisation server of an operator: the token endpoint with the grants JWT bearer and CIBA, and the backchannel
/// authentication endpoint (CAMARA Security and Interoperability Profile).
struct CAMARATokens: VendorEndpoint {
  static let tokenPath = "/camara/token"
  static let authorizePath = "/camara/bc-authorize"
  private static let operatorToken = "operatortoken:"

  let core: SandboxCore
  /// `tokenPath` or `authorizePath`.
  let path: String

  func answer(_ request: HTTPRequest, at now: Int64) -> VendorAnswer {
    let shape = CAMARAErrorShape()
    do throws(Refusal) {
      guard request.method == "POST", let form = FormFields(request) else { throw Refusal("invalid_request") }
      guard path == Self.tokenPath else { return try authorise(form, now) }
      switch form["grant_type"] {
      case "urn:ietf:params:oauth:grant-type:jwt-bearer":
        let assertion = try ClientAssertion(
          form["assertion"] ?? "", audience: path, core.accounts.camara, at: now)
        let grant = try redeem(assertion.subject, assertion.scope, assertion.account, now)
        return success("access_token", grant, now)
      case "urn:openid:params:grant-type:ciba":
        let assertion = try client(form, now)
        let used = form["auth_req_id"].flatMap { id in core.state.withLock { $0.camaraGrants.use(id, at: now) } }
        guard let grant = used, grant.clientId == assertion.account.clientId else { throw Refusal("invalid_grant") }
        return success("access_token", grant, now)
      default: throw Refusal("unsupported_grant_type")
      }
    } catch {
      return shape.refusal(error.code, error.message)
    }
  }

  private func authorise(_ form: FormFields, _ now: Int64) throws(Refusal) -> VendorAnswer {
    let assertion = try client(form, now)
    let grant = try redeem(form["login_hint"] ?? "", form["scope"] ?? "", assertion.account, now)
    return success("auth_req_id", grant, now)
  }

  private func client(_ form: FormFields, _ now: Int64) throws(Refusal) -> ClientAssertion {
    guard form["client_assertion_type"] == "urn:ietf:params:oauth:client-assertion-type:jwt-bearer" else {
      throw Refusal("invalid_client")
    }
    return try ClientAssertion(form["client_assertion"] ?? "", audience: path, core.accounts.camara, at: now)
  }

  /// Consumes the operator token of the phone.
  private func redeem(
    _ hint: String, _ scope: String, _ account: CAMARAAccount, _ now: Int64
  ) throws(Refusal) -> CAMARAGrants.Grant {
    let scopes = scope.split(separator: " ")
    let operation: Operation
    if scopes.contains("number-verification:verify") {
      operation = .verify
    } else if scopes.contains("number-verification:device-phone-number:read") {
      operation = .login
    } else {
      throw Refusal("invalid_scope")
    }
    guard scopes.contains(where: { $0.hasPrefix("dpv:") }) else { throw Refusal("invalid_scope") }
    guard hint.hasPrefix(Self.operatorToken) else { throw Refusal("invalid_grant") }
    do throws(TokenStore.Problem) {
      let token = try core.redeem(
        String(hint.dropFirst(Self.operatorToken.count)), .camara, account: account.clientId, operation: operation,
        at: now)
      return CAMARAGrants.Grant(
        clientId: account.clientId, operation: operation, phoneNumber: token.phoneNumber, fault: token.fault,
        expiresAt: now + CAMARAGrants.life)
    } catch {
      throw Refusal(path == Self.tokenPath ? "invalid_grant" : "unknown_user_id")
    }
  }

  private func success(_ name: String, _ grant: CAMARAGrants.Grant, _ now: Int64) -> VendorAnswer {
    let text = core.state.withLock { $0.camaraGrants.issue(grant, at: now) }
    return VendorAnswer(code: "ok", shape: CAMARAErrorShape()) { writer in
      writer.member(named: name, text)
      if name == "access_token" { writer.member("token_type", "Bearer") }
      writer.member("expires_in", Int(CAMARAGrants.life / 1000))
    }
  }
}

/// Failures of the authorisation server (RFC 6749 §5.2).
struct CAMARAErrorShape: AnswerShape {
  var codeKey: String { "error" }

  func refusal(_ code: String, _ message: String?) -> VendorAnswer {
    VendorAnswer(code: code, shape: self, status: code == "invalid_client" ? 401 : 400) { writer in
      writer.member("error", code)
      writer.member("error_description", message ?? code)
    }
  }
}
