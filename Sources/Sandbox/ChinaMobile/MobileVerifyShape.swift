internal import JSON
internal import Networking

/// Answers of China Mobile's two verifications: a header and a body inside the JSON (`specs/china-mobile.md` §2, §4).
struct MobileVerifyShape: AnswerShape {
  let msgId: String
  let appId: String
  let now: Int64
  let texts: [String: String]
  /// Members of the body beside resultDesc.
  var extra: [(name: String, value: String)] = []

  var codeKey: String { "resultCode" }

  func refusal(_ code: String, _ message: String?) -> VendorAnswer { answer(code, message, nil) }

  /// 000 for the phone's own number, 001 for another.
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
