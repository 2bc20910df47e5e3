public import JSON

extension JSONWriter {
  /// Writes the JSON members of a failure. `words` transforms the vendor's code and message, for example to redact
  /// them.
  public mutating func failureMembers(_ failure: Failure, words: (String) -> String = { $0 }) {
    member("reason", failure.reason.rawValue)
    member("stage", failure.stage.rawValue)
    member("carrier", ifPresent: failure.carrier?.rawValue)
    member("fault", failure.fault.rawValue)
    member("advice", failure.advice.rawValue)
    if let vendor = failure.vendor {
      object("vendor") {
        $0.member("provider", vendor.provider)
        $0.member("code", words(vendor.code))
        $0.member("message", ifPresent: vendor.message.map(words))
      }
    }
    member("billed", failure.billed.rawValue)
    member("delivery", failure.delivery.rawValue)
    member("hint", ifPresent: failure.hint)
    if !failure.branches.isEmpty {
      array("branches") { array in
        for branch in failure.branches {
          array.object {
            $0.member("title", branch.reason.title)
            $0.member("titleZh", branch.reason.titleChinese)
            $0.failureMembers(branch, words: words)
          }
        }
      }
    }
  }
}
