internal import JSON

/// The TS.43 client of a phone: gets an operator token, which identifies the SIM.
struct CAMARASDK: OneStepSDK {
  static let tokenLife: Int64 = 2 * 60_000

  let core: SandboxCore

  func knows(_ appId: String) -> Bool { core.accounts.camara[appId] != nil }

  func codes(_ page: SDKCall) -> SDKCodes { SDKCodes(unknownApp: "403", acquire: "404", token: "500") }

  func token(_ page: SDKCall, at now: Int64) -> Token {
    page.token(RandomText.alphanumeric(60), .camara, account: page.appId, life: CAMARASDK.tokenLife, at: now)
  }

  func members(_ token: Token, _ page: SDKCall) -> [(name: String, value: String)] { [] }

  func report(_ failure: SDKFailure, _ page: SDKCall) -> JSONFragment {
    JSONFragment { writer in
      writer.object { writer in
        writer.member("code", failure.code)
        writer.member("message", failure.message ?? "error")
      }
    }
  }
}
