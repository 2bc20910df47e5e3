internal import Cryptography
internal import JSON

/// `my.getPhoneNumber` of a mini-program: returns the number encrypted with the AES key of the application and signed by
/// Alipay. No server of Alipay is asked afterwards, so that the same answer can be read again.
struct AlipaySDK: OneStepSDK {
  static let tokenLife: Int64 = 5 * 60_000

  let core: SandboxCore

  func knows(_ appId: String) -> Bool { core.accounts.alipay[appId] != nil }

  func codes(_ page: SDKCall) -> SDKCodes { SDKCodes(unknownApp: "4", acquire: "11", token: "2003") }

  func token(_ page: SDKCall, at now: Int64) -> Token {
    page.token(answer(page), .alipay, account: page.appId, life: AlipaySDK.tokenLife, at: now)
  }

  /// `{"response": "…", "sign": "…"}`.
  private func answer(_ page: SDKCall) -> String {
    guard let account = core.accounts.alipay[page.appId] else { return "" }
    let code = page.serverFault?.code ?? "10000"
    let plain = JSONFragment { writer in
      writer.object { writer in
        writer.member("code", code)
        writer.member("msg", page.serverFault?.message ?? (code == "10000" ? "Success" : "error"))
        if code == "10000" { writer.member("mobile", page.phoneNumber) }
      }
    }
    let iv = [UInt8](repeating: 0, count: 16)
    guard let encrypted = try? AESKey(account.contentKey).encrypt(plain.bytes, .cbc(iv: iv)) else { return "" }
    let response = Base64.encode(encrypted)
    guard let signature = try? account.platformKey.sign(Array("\"\(response)\"".utf8), .sha256) else { return "" }
    let answer = JSONFragment { writer in
      writer.object { writer in
        writer.member("response", response)
        writer.member("sign", Base64.encode(signature))
      }
    }
    return String(decoding: answer.bytes, as: UTF8.self)
  }

  func members(_ token: Token, _ page: SDKCall) -> [(name: String, value: String)] { [] }

  func report(_ failure: SDKFailure, _ page: SDKCall) -> JSONFragment {
    JSONFragment { writer in
      writer.object { writer in
        writer.code("error", failure.code)
        writer.member("errorMessage", failure.message ?? "error")
      }
    }
  }
}
