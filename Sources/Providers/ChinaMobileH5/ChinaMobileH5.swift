private import ChinaMobile
private import JSON
public import NumberAuth

/// China Mobile one-click login for H5 pages, jssdk (`vendor-documents/china-mobile-h5-one-click.txt`,
/// `specs/china-mobile.md §1`).
///
/// Account fields: `appId`, `appKey`, `privateKey` (its public key is registered on the platform); optional:
/// `interfaceVersion` (default 2.0) and `decryptionKey` (default automatic).
public struct ChinaMobileH5: ClientPreparing, NumberRetrieving {
  private let wire: OneClickLogin

  public var table: FailureTable { wire.table }

  public init(_ settings: AccountSettings) throws(AccountFault) {
    wire = try OneClickLogin(settings)
  }

  /// The data of YDRZAuthLogin.getTokenInfo (§3.2), and for page types that can be styled the options that the page
  /// passes to the SDK first (§3.5, §3.6).
  public func prepare(_ call: PrepareClient, _ context: CallContext) throws(Failure) -> Exchange<ClientParameters> {
    let page = call.pageOptions ?? PageOptions(type: "0", options: nil)
    let parameters = wire.clientParameters(context) { $0.member("authPageType", page.type) }
    // The SDK needs the call for these types, even if the app has no options.
    let isCustom = page.type == "2" || page.type == "3"
    guard let options = page.options ?? (isCustom ? JSONFragment { $0.object { _ in } } : nil) else {
      return .answer(ClientParameters(parameters: parameters))
    }
    let authPage = JSONFragment {
      $0.object {
        $0.member("type", page.type)
        if page.type == "2" {
          $0.member("function", "CustomControlsInit")
          $0.member("element", "ydrzCustomControls")
          if !Self.hasMask(options) { $0.member("submitFunction", "authGetTokenByLayer") }
        } else {
          $0.member("function", "authPageInit")
        }
        $0.key("options")
        $0.value(options)
      }
    }
    return .answer(ClientParameters(parameters: parameters, authPage: authPage))
  }

  /// Whether a pop-up has a mask. Without one, the app's page has the button that submits the number (§3.5.1).
  private static func hasMask(_ options: JSONFragment) -> Bool {
    let value = (try? JSONValue.parse(options.bytes))?["maskStyle"]?["ifShowMask"]
    return value?.bool == true || value?.string == "true"
  }

  public func privateKeyUse(at stage: Stage) -> PrivateKeyUse { OneClickLogin.privateKeyUse(at: stage) }

  public func login(_ call: Login, _ context: CallContext) throws(Failure) -> Exchange<RetrievedNumber> {
    try wire.login(call, context)
  }
}
