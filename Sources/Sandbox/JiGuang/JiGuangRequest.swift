internal import Cryptography
internal import JSON
internal import Networking

/// The common requirements of JiGuang's interfaces: POST, JSON, and the keys of the app with HTTP Basic authentication
/// (`specs/other-vendors.md` §1). Requests have no signature.
struct JiGuangRequest {
  let account: JiGuangAccount
  let fields: VendorFields

  /// Throws `Refusal` with a code of §1.
  init(_ request: HTTPRequest, _ operation: Operation, _ accounts: SandboxAccounts) throws(Refusal) {
    guard request.method == "POST" else { throw Refusal("9013") }
    guard VendorFields.saysJSON(request) else { throw Refusal("9015") }
    account = try JiGuangRequest.caller(request, accounts)
    if let code = account.refuses[operation] { throw Refusal(code) }
    guard let body = try? JSONValue.parse(request.body, duplicateKeys: .refused), body.kind == .object else {
      throw Refusal("9012")
    }
    fields = VendorFields(value: body, missing: "9012", wrongType: "9012")
  }

  private static func caller(_ request: HTTPRequest, _ accounts: SandboxAccounts) throws(Refusal) -> JiGuangAccount {
    guard let authorization = request.headers["Authorization"] else { throw Refusal("9010") }
    let parts = authorization.split(separator: " ", maxSplits: 1)
    guard parts.count == 2, parts[0].lowercased() == "basic", let pair = Base64.decode(String(parts[1])),
      let colon = pair.firstIndex(of: UInt8(ascii: ":")),
      let account = accounts.jiGuang[String(decoding: pair[..<colon], as: UTF8.self)],
      pair[(colon + 1)...].elementsEqual(account.masterSecret.utf8)
    else { throw Refusal("9011") }
    return account
  }
}
