internal import JSON
internal import Networking

/// Responses of China Mobile's two verification interfaces: a JSON object with header and body
/// (`specs/china-mobile.md` §2, §4).
struct MobileVerifyShape: AnswerShape {
  let msgId: String
  let appId: String
  let now: Int64
  let texts: [String: String]
  /// Further members of the body.
  var extra: [(name: String, value: String)] = []

  var codeKey: String { "resultCode" }

  func refusal(_ code: String, _ message: String?) -> VendorAnswer { answer(code, message, nil) }

  /// `code`: 000 if the number is that of the phone, 001 if not.
  func verdict(_ code: String, fault: Fault?) -> VendorAnswer { answer(code, nil, fault) }

  private func answer(_ code: String, _ message: String?, _ fault: Fault?) -> VendorAnswer {
    VendorAnswer(code: code, shape: self, fault: fault) { writer in
      writer.object("header") { writer in
        writer.member("msgId", msgId)
        writer.member("appId", appId)
        writer.member("timestamp", ChinaTime.stamp(now))
        writer.member("resultCode", code)
      }
      writer.object("body") { writer in
        writer.member("resultDesc", message ?? texts[code] ?? "失败")
        for (name, value) in extra { writer.member(named: name, value) }
      }
    }
  }
}
