internal import JSON

/// JiGuang's SDKs for apps and for pages (`specs/other-vendors.md` §1; getToken and loginAuth in the client documents).
struct JiGuangSDK: OneStepSDK {
  static let tokenLife: Int64 = 2 * 60_000

  let core: SandboxCore

  func knows(_ appId: String) -> Bool { core.accounts.jiGuang[appId] != nil }

  func codes(_ page: SDKCall) -> SDKCodes {
    let failure = page.operation == .login ? "6001" : "2001"
    return SDKCodes(unknownApp: failure, acquire: page.operation == .login ? "7001" : "2001", token: failure)
  }

  func token(_ page: SDKCall, at now: Int64) -> Token {
    page.token(
      "STsid000000" + String(now) + RandomText.alphanumeric(32), page.channel == .h5 ? .jiGuangH5 : .jiGuangApp,
      account: page.appId, life: JiGuangSDK.tokenLife, at: now)
  }

  func members(_ token: Token, _ page: SDKCall) -> [(name: String, value: String)] {
    [
      ("code", page.operation == .login ? "6000" : "2000"), ("content", token.text),
      ("operator", page.carrier.letters),
    ]
  }

  func report(_ failure: SDKFailure, _ page: SDKCall) -> JSONFragment {
    JSONFragment { writer in
      writer.object { writer in
        writer.code("code", failure.code)
        writer.member("content", failure.message ?? CodeMessages.jiGuangSDK[failure.code] ?? "unknown error")
        writer.member("operator", failure.carrier.letters)
      }
    }
  }
}
