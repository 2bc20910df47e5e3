internal import JSON

/// MobTech's SecVerify SDK for apps (`specs/other-vendors.md` §6): returns a token of MobTech, a token of the carrier
/// and the carrier.
struct MobTechSDK: OneStepSDK {
  static let tokenLife: Int64 = 2 * 60_000

  let core: SandboxCore

  func knows(_ appId: String) -> Bool { core.accounts.mobTech[appId] != nil }

  func codes(_ page: SDKCall) -> SDKCodes {
    SDKCodes(unknownApp: "4119330", acquire: "5119507", token: "5119509")
  }

  func token(_ page: SDKCall, at now: Int64) -> Token {
    page.token(
      RandomText.fraction().dropFirst(2) + "", .mobTech, account: page.appId,
      inputs: ["opToken": "STsid000000" + RandomText.alphanumeric(45), "operator": page.carrier.mobTechName],
      life: MobTechSDK.tokenLife, at: now)
  }

  func members(_ token: Token, _ page: SDKCall) -> [(name: String, value: String)] {
    [("opToken", token.inputs["opToken"] ?? ""), ("operator", token.inputs["operator"] ?? "")]
  }

  func report(_ failure: SDKFailure, _ page: SDKCall) -> JSONFragment {
    JSONFragment { writer in
      writer.object { writer in
        writer.code("code", failure.code)
        writer.member("message", failure.message ?? CodeMessages.mobTech[failure.code] ?? "服务错误")
      }
    }
  }
}

extension Carrier {
  /// The value of `operator` (§6).
  var mobTechName: String {
    switch self {
    case .mobile: "CMCC"
    case .telecom: "CTCC"
    case .unicom: "CUCC"
    }
  }
}
