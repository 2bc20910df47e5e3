internal import JSON

/// Responses of Yidun's interfaces (`specs/other-vendors.md` §2). Code 200 only means that the request was processed.
struct YidunShape: AnswerShape {
  /// `data.result` if the result is unknown; 1: the number is that of the phone, 2: it is another number.
  static let undetermined = 3

  var codeKey: String { "code" }

  func refusal(_ code: String, _ message: String?) -> VendorAnswer {
    VendorAnswer(code: code, shape: self) { writer in
      writer.code("code", code)
      writer.member("msg", message ?? CodeMessages.yidun[code] ?? "other error")
    }
  }

  func number(_ token: Token) -> VendorAnswer {
    processed(token.fault) { $0.member("phone", token.phoneNumber) }
  }

  /// The carrier has returned this code instead of a number.
  func noNumber(_ resultCode: String) -> VendorAnswer {
    processed(nil) { writer in
      writer.member("phone", "")
      writer.member("resultCode", resultCode)
    }
  }

  func verdict(_ result: Int, fault: Fault?) -> VendorAnswer {
    processed(fault) { $0.member("result", result) }
  }

  private func processed(_ fault: Fault?, _ data: (inout JSONWriter) -> Void) -> VendorAnswer {
    VendorAnswer(code: "200", shape: self, fault: fault) { writer in
      writer.code("code", "200")
      writer.member("msg", "ok")
      writer.object("data", data)
    }
  }
}
