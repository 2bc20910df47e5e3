private import JSON
public import NumberAuth

/// Aliyun's number authentication service, Dypnsapi 2017-05-25, for H5 pages and apps (`specs/aliyun.md`,
/// `vendor-documents/aliyun-h5-number-verification.txt`).
///
/// Account fields: `accessKeyId`, `accessKeySecret`, `securityToken` for temporary credentials, `signature` (v3 or v1),
/// `sceneCode` (the scheme in the console; required for H5), `pageUrl` (the registered page, the default for sessions
/// without one).
public struct Aliyun: ClientPreparing, NumberRetrieving, NumberVerifying {
  public let table: FailureTable
  private let signer: AliyunSigner
  private let sceneCode: String?
  private let pageURL: String?

  public init(_ settings: AccountSettings) throws(AccountFault) {
    table = settings.table
    signer = AliyunSigner(
      accessKeyId: try settings.required("accessKeyId").revealed,
      accessKeySecret: try settings.required("accessKeySecret"),
      securityToken: settings.optional("securityToken"), authority: settings.authority,
      scheme: try settings.choice("signature", default: .v3))
    sceneCode = settings.optional("sceneCode")?.revealed
    pageURL = settings.optional("pageUrl")?.revealed
    if let pageURL, Self.origin(of: pageURL) == nil {
      throw AccountFault(field: "pageUrl", "'pageUrl' must be an http or https URL")
    }
  }

  /// `scheme://host[:port]`; nil for anything but an http or https URL.
  static func origin(of url: String) -> String? {
    guard let scheme = ["https://", "http://"].first(where: url.hasPrefix) else { return nil }
    let authority = url.dropFirst(scheme.count).prefix { !"/?#".contains($0) }
    guard !authority.isEmpty,
      authority.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || ".-:[]".contains($0)) })
    else { return nil }
    return scheme + authority
  }

  // MARK: Prepare

  /// An AccessToken is valid for 10 minutes, a JwtToken for 1 hour, and both can be used many times (§5). After 5
  /// minutes new sessions get new tokens, so that each page can use its tokens for at least 5 minutes.
  private static let tokenReuse = Duration.seconds(300)

  /// The tokens depend on the page's origin and the operation only. Pages of one origin share them.
  public func parameterReuse(for call: PrepareClient) -> ParameterReuse? {
    guard call.channel == .h5, let origin = (call.pageURL ?? pageURL).flatMap(Self.origin) else { return nil }
    return ParameterReuse(key: call.operation.rawValue + " " + origin, validity: Self.tokenReuse)
  }

  /// GetAuthToken: the AccessToken and JwtToken that the page's SDK needs to start. An app's SDK does not need them; it
  /// uses a secret from the console.
  public func prepare(_ call: PrepareClient, _ context: CallContext) throws(Failure) -> Exchange<ClientParameters> {
    guard call.channel == .h5 else {
      return .answer(
        ClientParameters(parameters: JSONFragment { $0.object { $0.member("sceneCode", ifPresent: sceneCode) } }))
    }
    guard let page = call.pageURL ?? pageURL else {
      throw .gateway(.invalidRequest, "'pageUrl' is missing: Aliyun binds its tokens to the page.")
    }
    guard let origin = Self.origin(of: page) else {
      throw .gateway(.invalidRequest, "'pageUrl' must be an http or https URL.")
    }
    // Url is scheme, host and a slash; Origin is the same without the slash. Both must match the console's scheme
    // (§5).
    var parameters = [("Url", origin + "/"), ("Origin", origin)]
    if let sceneCode { parameters.append(("SceneCode", sceneCode)) }
    parameters.append(("BizType", call.operation == .verify ? "0" : "1"))
    let table = table
    return .send(signer.request(AliyunCall(action: "GetAuthToken", parameters: parameters), context)) {
      response throws(Failure) in
      let (answer, row) = try Self.read(response, stage: .prepare, table)
      guard let info = answer.object("TokenInfo"), let accessToken = info.text(of: "AccessToken"),
        let jwtToken = info.text(of: "JwtToken")
      else {
        throw response.incompleteSuccess(.prepare, missing: "tokens", billed: row.billed)
      }
      let fragment = JSONFragment {
        $0.object {
          $0.member("accessToken", accessToken)
          $0.member("jwtToken", jwtToken)
        }
      }
      return ClientParameters(parameters: fragment)
    }
  }

  // MARK: Login and verify

  public func login(_ call: Login, _ context: CallContext) throws(Failure) -> Exchange<RetrievedNumber> {
    let isPage = call.channel == .h5
    let rpc =
      isPage
      ? AliyunCall(action: "GetPhoneWithToken", parameters: [("SpToken", call.token.revealed)])
      : AliyunCall(action: "GetMobile", parameters: [("AccessToken", call.token.revealed), ("OutId", context.nonce)])
    let table = table
    return .send(signer.request(rpc, context)) { response throws(Failure) in
      let (answer, row) = try Self.read(response, stage: .login, table)
      let holder = answer.object(isPage ? "Data" : "GetMobileResultDTO")
      guard let mobile = holder?.text(of: "Mobile"), let number = PhoneNumber(mobile) else {
        throw response.incompleteSuccess(.login, missing: "mobile number", billed: row.billed)
      }
      return RetrievedNumber(
        phoneNumber: number, vendorTransaction: answer.text(of: "RequestId"), billed: row.billed)
    }
  }

  public func verify(_ call: Verify, _ context: CallContext) throws(Failure) -> Exchange<VerifiedNumber> {
    let rpc =
      call.channel == .h5
      ? AliyunCall(
        action: "VerifyPhoneWithToken",
        parameters: [("PhoneNumber", call.phoneNumber.text), ("SpToken", call.token.revealed)])
      : AliyunCall(
        action: "VerifyMobile",
        parameters: [
          ("AccessCode", call.token.revealed), ("PhoneNumber", call.phoneNumber.text), ("OutId", context.nonce),
        ])
    let table = table
    return .send(signer.request(rpc, context)) { response throws(Failure) in
      let (answer, row) = try Self.read(response, stage: .verify, table)
      // The 2020 document uses GateVerifyResultDTO; the SDK and the current document use GateVerify (§5).
      let holder = answer.object("GateVerify") ?? answer.object("GateVerifyResultDTO")
      guard let holder, let result = holder.text(of: "VerifyResult") else {
        throw response.incompleteSuccess(.verify, missing: "result", billed: row.billed)
      }
      let resultRow = table.row(FailureTable.trim(result), stage: .verify)
      let verdict: Verdict = if case .verdict(let verdict) = resultRow?.meaning { verdict } else { .unknown }
      return VerifiedNumber(
        verdict: verdict, vendorTransaction: holder.text(of: "VerifyId") ?? answer.text(of: "RequestId"),
        billed: resultRow?.billed ?? .unknown)
    }
  }

  /// `Code` is OK or a failure code. Newer errors have HTTP status 4xx and the same members (§5, §6.4).
  private static func read(
    _ response: VendorResponse, stage: Stage, _ table: FailureTable
  ) throws(Failure) -> (JSONValue, FailureTable.Row) {
    let answer = try response.json(stage: stage, table)
    let code = answer.text(of: "Code", "code")
    return try Failure.naming(answer.text(of: "RequestId", "requestId")) { () throws(Failure) in
      let row = try table.judge(
        code, message: answer.text(of: "Message", "message"), stage: stage, status: response.status)
      guard case .success = row.meaning else {
        throw response.protocolError(
          stage, "The response's code is not a success code of this operation.", billed: row.billed)
      }
      return (answer, row)
    }
  }
}
