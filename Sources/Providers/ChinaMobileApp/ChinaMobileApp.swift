private import ChinaMobile
private import JSON
public import NumberAuth

/// China Mobile's server API: one-click login (unisdk/rsapi/loginTokenValidate) and number verification
/// (openapi/rs/tokenValidate) (`vendor-documents/china-mobile-server-api.txt`, `specs/china-mobile.md §3, §4`).
///
/// Account fields: `appId`; for login `signature` (md5 or rsa) with `appSecret` or the two RSA keys; for verification
/// `appKey` and `keyType` (0 or 1), and with keyType 1 also `privateKey` and `platformPublicKey`.
public struct ChinaMobileApp: ClientPreparing, NumberRetrieving, NumberVerifying {
  public let table: FailureTable
  private let appId: String
  private let loginWire: LoginTokenValidate?
  private let verifyWire: TokenValidate?

  public init(_ settings: AccountSettings) throws(AccountFault) {
    table = settings.table
    appId = try settings.required("appId").revealed
    loginWire = try LoginTokenValidate(settings)
    verifyWire = try TokenValidate(settings)
    if loginWire == nil, verifyWire == nil {
      throw AccountFault(
        field: "appId",
        "the account has no key: login needs 'appSecret' (or 'signature: rsa' with its keys), verify needs 'appKey'")
    }
  }

  public func unsupportedReason(for operation: Operation) -> AccountFault? {
    switch operation {
    case .login where loginWire == nil:
      AccountFault(field: "appSecret", "login needs 'appSecret' (or 'signature: rsa' with its keys)")
    case .verify where verifyWire == nil: AccountFault(field: "appKey", "verify needs 'appKey'")
    case .login, .verify: nil
    }
  }

  public func privateKeyUse(at stage: Stage) -> PrivateKeyUse {
    switch stage {
    case .login: loginWire?.privateKeyUse ?? []
    case .verify: verifyWire?.privateKeyUse ?? []
    default: []
    }
  }

  /// The SDK creates its signatures itself. It only needs the appId.
  public func prepare(_ call: PrepareClient, _ context: CallContext) throws(Failure) -> Exchange<ClientParameters> {
    .answer(ClientParameters(parameters: JSONFragment { $0.object { $0.member("appId", appId) } }))
  }

  public func login(_ call: Login, _ context: CallContext) throws(Failure) -> Exchange<RetrievedNumber> {
    guard let loginWire else {
      throw Failure(.misconfigured, stage: .login, detail: "The account has no key for login.")
    }
    return try loginWire.login(call, context)
  }

  public func verify(_ call: Verify, _ context: CallContext) throws(Failure) -> Exchange<VerifiedNumber> {
    guard let verifyWire else {
      throw Failure(.misconfigured, stage: .verify, detail: "The account has no key for verification.")
    }
    return try verifyWire.verify(call, context)
  }
}
