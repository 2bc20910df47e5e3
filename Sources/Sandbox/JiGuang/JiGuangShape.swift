internal import JSON

/// Answers of JiGuang's interfaces (`specs/other-vendors.md` §1). Codes are numbers; a failure has no more than a code
/// and its text.
struct JiGuangShape: AnswerShape {
  /// The caller's own mark, given back; empty where there was none.
  let exID: String

  var codeKey: String { "code" }

  func refusal(_ code: String, _ message: String?) -> VendorAnswer {
    VendorAnswer(code: code, shape: self) { writer in
      writer.code("code", code)
      writer.member("content", message ?? CodeText.jiGuang[code] ?? "unknown error")
    }
  }

  func success(_ code: String, phone: String? = nil, fault: Fault?) -> VendorAnswer {
    VendorAnswer(code: code, shape: self, fault: fault) { writer in
      // Beyond what a double holds exactly.
      writer.member("id", Int.random(in: 1_000_000_000_000_000_000...Int.max))
      writer.code("code", code)
      writer.member("content", CodeText.jiGuang[code] ?? "")
      writer.member("exID", exID)
      writer.member("phone", ifPresent: phone)
    }
  }
}
