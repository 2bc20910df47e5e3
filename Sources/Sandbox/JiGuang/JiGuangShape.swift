internal import JSON

/// Responses of JiGuang's interfaces (`specs/other-vendors.md` §1). Codes are numbers. A failure consists of a code and
/// its text.
struct JiGuangShape: AnswerShape {
  /// The caller's identifier of the request, which is returned; empty if it is missing.
  let exID: String

  var codeKey: String { "code" }

  func refusal(_ code: String, _ message: String?) -> VendorAnswer {
    VendorAnswer(code: code, shape: self) { writer in
      writer.code("code", code)
      writer.member("content", message ?? CodeMessages.jiGuang[code] ?? "unknown error")
    }
  }

  func success(_ code: String, phone: String? = nil, fault: Fault?) -> VendorAnswer {
    VendorAnswer(code: code, shape: self, fault: fault) { writer in
      // Larger than the integers that a double represents exactly.
      writer.member("id", Int.random(in: 1_000_000_000_000_000_000...Int.max))
      writer.code("code", code)
      writer.member("content", CodeMessages.jiGuang[code] ?? "")
      writer.member("exID", exID)
      writer.member("phone", ifPresent: phone)
    }
  }
}
