internal import JSON

/// Yidun's SDK for apps (`specs/other-vendors.md` §2): returns a token of Yidun and a matching accessToken of the
/// carrier.
struct YidunSDK: OneStepSDK {
  static let tokenLife: Int64 = 2 * 60_000

  let core: SandboxCore

  func knows(_ appId: String) -> Bool { core.accounts.yidun[appId] != nil }

  /// Failures of requests to the carrier have the carrier's codes.
  func codes(_ page: SDKCall) -> SDKCodes {
    SDKCodes(
      unknownApp: "401", acquire: OneClickSDK.acquisitionFailure(of: page.fault?.carrier ?? page.carrier),
      token: "103902")
  }

  func token(_ page: SDKCall, at now: Int64) -> Token {
    page.token(
      RandomText.hex(16), .yidun, account: page.appId, inputs: ["accessToken": "nm" + RandomText.hex(16)],
      life: YidunSDK.tokenLife, at: now)
  }

  func members(_ token: Token, _ page: SDKCall) -> [(name: String, value: String)] {
    [("accessToken", token.inputs["accessToken"] ?? "")]
  }

  func report(_ failure: SDKFailure, _ page: SDKCall) -> JSONFragment {
    let text = CodeMessages.appLogin[failure.code] ?? CodeMessages.yidun[failure.code] ?? "其他错误"
    return JSONFragment { writer in
      writer.object { writer in
        writer.member("resultCode", failure.code)
        writer.member("desc", failure.message ?? text)
      }
    }
  }
}
