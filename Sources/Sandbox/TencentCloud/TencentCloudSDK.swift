internal import JSON

/// Tencent Cloud's SDK for apps (`specs/other-vendors.md` §4): returns a token and the English name of the carrier.
struct TencentCloudSDK: OneStepSDK {
  static let tokenLife: Int64 = 2 * 60_000

  let core: SandboxCore

  func knows(_ appId: String) -> Bool { core.accounts.tencentCloud[appId] != nil }

  func codes(_ page: SDKCall) -> SDKCodes {
    SDKCodes(
      unknownApp: "1006", acquire: OneClickSDK.acquisitionFailure(of: page.fault?.carrier ?? page.carrier),
      token: "103902")
  }

  func token(_ page: SDKCall, at now: Int64) -> Token {
    page.token(
      RandomText.alphanumeric(48), .tencentCloud, account: page.appId, life: TencentCloudSDK.tokenLife, at: now)
  }

  func members(_ token: Token, _ page: SDKCall) -> [(name: String, value: String)] {
    switch page.carrier {
    case .mobile: [("carrier", "mobile")]
    case .telecom: [("carrier", "telecom")]
    case .unicom: [("carrier", "unicom")]
    }
  }

  func report(_ failure: SDKFailure, _ page: SDKCall) -> JSONFragment {
    let text = CodeMessages.appLogin[failure.code] ?? CodeMessages.tencentCloud[failure.code] ?? "其他错误"
    return JSONFragment { writer in
      writer.object { writer in
        writer.member("code", failure.code)
        writer.member("message", failure.message ?? text)
      }
    }
  }
}
