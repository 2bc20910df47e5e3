private import ChinaMobile
private import JSON
public import NumberAuth

/// China Mobile one-click login for WeChat mini-programs (`vendor-documents/china-mobile-wechat-mini-program.txt`,
/// `specs/china-mobile.md §1`): the wire format of H5 with another SDK and other codes.
///
/// Account fields: those of `china-mobile-h5` and `wxappid`, the id of the mini-program, which must be registered on
/// the platform; `isTest` 0 selects the SDK's test environment.
public struct ChinaMobileWeChat: ClientPreparing, NumberRetrieving {
  private let wire: OneClickLogin
  private let wxappid: String
  private let isTest: String

  public var table: FailureTable { wire.table }

  public init(_ settings: AccountSettings) throws(AccountFault) {
    wire = try OneClickLogin(settings)
    wxappid = try settings.required("wxappid").revealed
    isTest = settings.optional("isTest")?.revealed ?? ""
  }

  /// The data of YDRZ.getTokenInfo (§3.2).
  public func prepare(_ call: PrepareClient, _ context: CallContext) throws(Failure) -> Exchange<ClientParameters> {
    let parameters = wire.clientParameters(context) {
      $0.member("isTest", isTest)
      $0.member("wxappid", wxappid)
    }
    return .answer(ClientParameters(parameters: parameters))
  }

  public func privateKeyUse(at stage: Stage) -> PrivateKeyUse { OneClickLogin.privateKeyUse(at: stage) }

  public func login(_ call: Login, _ context: CallContext) throws(Failure) -> Exchange<RetrievedNumber> {
    try wire.login(call, context)
  }
}
