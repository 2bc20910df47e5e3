internal import JSON

/// Answers of Yidun's interfaces (`specs/other-vendors.md` §2). Code 200 says only that the request was processed.
struct YidunShape: AnswerShape {
  /// `data.result` where nobody knows; 1 is the phone's own number, 2 another.
  static let undetermined = 3

  var codeKey: String { "code" }

  func refusal(_ code: String, _ message: String?) -> VendorAnswer {
    VendorAnswer(code: code, shape: self) { writer in
      writer.code("code", code)
      writer.member("msg", message ?? CodeText.yidun[code] ?? "other error")
    }
  }

  func number(_ token: Token) -> VendorAnswer {
    processed(token.fault) { $0.member("phone", token.phoneNumber) }
  }

  /// The carrier gave no number, but this code.
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
