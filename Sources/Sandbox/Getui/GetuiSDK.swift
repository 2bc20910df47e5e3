internal import JSON

/// Getui's GeYan SDK for apps, version 3.0 and later (`specs/other-vendors.md` §3; GYResponse in the client documents).
struct GetuiSDK: OneStepSDK {
  static let tokenLife: Int64 = 24 * 3_600_000

  let core: SandboxCore

  func knows(_ appId: String) -> Bool { core.accounts.getui[appId] != nil }

  func codes(_ page: SDKCall) -> SDKCodes { SDKCodes(unknownApp: "-20102", acquire: "-40001", token: "-30001") }

  func token(_ page: SDKCall, at now: Int64) -> Token {
    page.token(
      RandomText.hex(16), .getui, account: page.appId, inputs: ["gyuid": "gtc_" + RandomText.hex(17)],
      life: GetuiSDK.tokenLife, at: now)
  }

  func members(_ token: Token, _ page: SDKCall) -> [(name: String, value: String)] {
    [("gyuid", token.inputs["gyuid"] ?? ""), ("code", "30000"), ("operator", page.carrier.letters)]
  }

  /// 30005 if the pre-login failed, 30006 if the login failed; errorCode contains the cause.
  func report(_ failure: SDKFailure, _ page: SDKCall) -> JSONFragment {
    JSONFragment { writer in
      writer.object { writer in
        writer.member("success", false)
        writer.member("code", failure.stage == .acquire ? 30_005 : 30_006)
        writer.member("operator", failure.carrier.letters)
        writer.object("msg") { writer in
          writer.code("errorCode", failure.code)
          writer.member("errorDesc", failure.message ?? CodeMessages.getuiSDK[failure.code] ?? "其他错误")
        }
      }
    }
  }
}
