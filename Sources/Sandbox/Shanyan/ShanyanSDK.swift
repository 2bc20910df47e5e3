internal import JSON

/// Shanyan's SDK for apps, version 2.3.0 and later (`specs/other-vendors.md` §5).
struct ShanyanSDK: OneStepSDK {
  static let tokenLife: Int64 = 2 * 60_000

  let core: SandboxCore

  func knows(_ appId: String) -> Bool { core.accounts.shanyan[appId] != nil }

  func codes(_ page: SDKCall) -> SDKCodes {
    SDKCodes(unknownApp: "1016", acquire: "1023", token: page.operation == .login ? "1003" : "2003")
  }

  func token(_ page: SDKCall, at now: Int64) -> Token {
    page.token(
      "A" + RandomText.alphanumeric(40), .shanyan, account: page.appId, life: ShanyanSDK.tokenLife, at: now)
  }

  func members(_ token: Token, _ page: SDKCall) -> [(name: String, value: String)] {
    [("code", page.operation == .login ? "1000" : "2000")]
  }

  func report(_ failure: SDKFailure, _ page: SDKCall) -> JSONFragment {
    JSONFragment { writer in
      writer.object { writer in
        writer.code("code", failure.code)
        writer.member("message", failure.message ?? CodeMessages.shanyanSDK[failure.code] ?? "其他错误")
      }
    }
  }
}
