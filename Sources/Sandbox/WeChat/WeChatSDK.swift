internal import JSON

/// The component of a mini-program that asks the user for the number: `button open-type="getPhoneNumber"`.
struct WeChatSDK: OneStepSDK {
  static let tokenLife: Int64 = 5 * 60_000

  let core: SandboxCore

  func knows(_ appId: String) -> Bool { core.accounts.weChat[appId] != nil }

  func codes(_ page: SDKCall) -> SDKCodes {
    SDKCodes(
      unknownApp: "getPhoneNumber:fail no permission", acquire: "1400001", token: "getPhoneNumber:fail user deny")
  }

  func token(_ page: SDKCall, at now: Int64) -> Token {
    page.token(RandomText.hex(32), .weChat, account: page.appId, life: WeChatSDK.tokenLife, at: now)
  }

  func members(_ token: Token, _ page: SDKCall) -> [(name: String, value: String)] {
    [("errMsg", "getPhoneNumber:ok"), ("code", token.text)]
  }

  func report(_ failure: SDKFailure, _ page: SDKCall) -> JSONFragment {
    JSONFragment { writer in
      writer.object { writer in
        if failure.code.hasPrefix("getPhoneNumber:") {
          writer.member("errMsg", failure.code)
        } else {
          writer.member("errMsg", "getPhoneNumber:fail " + (failure.message ?? "error"))
          writer.code("errno", failure.code)
        }
      }
    }
  }
}
