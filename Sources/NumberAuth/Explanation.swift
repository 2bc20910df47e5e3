public import JSON

/// What one code means at one place.
public struct Explanation: Sendable {
  public let provider: String
  public let entry: FailureTable.Entry

  /// The row with everything that its reason implies.
  public var json: JSONFragment {
    JSONFragment {
      $0.object {
        $0.member("provider", provider)
        $0.member("stage", entry.place.stage.rawValue)
        $0.member("carrier", ifPresent: entry.place.carrier?.rawValue)
        switch entry.pattern {
        case .code(let code): $0.member("code", code)
        case .prefix(let prefix): $0.member("prefix", prefix)
        case .status(let status): $0.member("httpStatus", status)
        }
        $0.member("text", entry.row.text)
        switch entry.row.meaning {
        case .failure(let reason, let advice):
          $0.member("reason", reason.rawValue)
          $0.member("title", reason.title)
          $0.member("titleZh", reason.titleChinese)
          $0.member("fault", reason.fault.rawValue)
          $0.member("advice", (advice ?? reason.advice).rawValue)
        case .success: $0.member("success", true)
        case .verdict(let verdict): $0.member("verdict", verdict.rawValue)
        }
        $0.member("billed", entry.row.billed.rawValue)
        $0.member("hint", ifPresent: entry.row.hint)
        $0.member("source", ifPresent: entry.row.source)
      }
    }
  }
}

extension FailureTable {
  /// Every row that answers to this code, at this stage and carrier where they are given.
  public func explanations(of code: String, stage: Stage? = nil, carrier: Carrier? = nil) -> [Explanation] {
    let code = FailureTable.trim(code)
    return entries.filter { entry in
      guard stage == nil || entry.place.stage == stage else { return false }
      guard carrier == nil || entry.place.carrier == nil || entry.place.carrier == carrier else { return false }
      return switch entry.pattern {
      case .code(let known): known == code
      case .prefix(let prefix): code.hasPrefix(prefix)
      case .status: false
      }
    }.map { Explanation(provider: provider, entry: $0) }
  }
}
