public import JSON

/// One entry of a failure table, with the name of its provider.
public struct Explanation: Sendable {
  public let provider: String
  public let entry: FailureTable.Entry

  /// The entry, with the properties of its reason.
  public var json: JSONFragment {
    JSONFragment {
      $0.object {
        $0.member("provider", provider)
        $0.member("stage", entry.place.stage.rawValue)
        $0.member("carrier", ifPresent: entry.place.carrier?.rawValue)
        $0.member("channel", ifPresent: entry.place.channel?.rawValue)
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
  /// All entries that match this code, at the given stage and carrier, with those of the carriers' own SDKs.
  public func explanations(of code: String, stage: Stage? = nil, carrier: Carrier? = nil) -> [Explanation] {
    let code = FailureTable.trim(code)
    return (entries + carriers.flatMap(\.entries)).filter { entry in
      guard stage == nil || entry.place.stage == stage else { return false }
      guard carrier == nil || entry.place.carrier == nil || entry.place.carrier == carrier else { return false }
      return switch entry.pattern {
      case .code(let known): known == code
      case .prefix(let prefix): code.hasPrefix(prefix)
      case .status(let status): String(status) == code
      }
    }.map { Explanation(provider: provider, entry: $0) }
  }
}

extension FailureTable {
  /// Entries of similar codes, for a mistyped or shortened `code`, closest first: codes at an edit distance of one
  /// (insertion, deletion, substitution or transposition), then codes that begin with `code`.
  public func likeness(of code: String, limit: Int = 5) -> [Explanation] {
    let wanted = Array(FailureTable.trim(code).utf8)
    guard wanted.count >= 2 else { return [] }
    var close: [(distance: Int, explanation: Explanation)] = []
    for entry in entries + carriers.flatMap(\.entries) {
      guard case .code(let known) = entry.pattern else { continue }
      let other = Array(known.utf8)
      if other == wanted { continue }
      if isOneEdit(wanted, other) {
        close.append((1, Explanation(provider: provider, entry: entry)))
      } else if wanted.count >= 4, other.starts(with: wanted) {
        close.append((2, Explanation(provider: provider, entry: entry)))
      }
    }
    return close.sorted { $0.distance < $1.distance }.prefix(limit).map(\.explanation)
  }

  private func isOneEdit(_ a: [UInt8], _ b: [UInt8]) -> Bool {
    let head = zip(a, b).prefix { $0 == $1 }.count
    let tail = zip(a.dropFirst(head).reversed(), b.dropFirst(head).reversed()).prefix { $0 == $1 }.count
    let left = Array(a[head..<(a.count - tail)])
    let right = Array(b[head..<(b.count - tail)])
    if left.count <= 1, right.count <= 1 { return true }
    return left.count == 2 && right.count == 2 && left[0] == right[1] && left[1] == right[0]
  }
}

extension Explanation {
  /// The place of the entry: `china-mobile-h5, acquire, YD`.
  public var place: String {
    var place = provider + ", " + entry.place.stage.rawValue
    if let carrier = entry.place.carrier { place += ", " + carrier.rawValue }
    if let channel = entry.place.channel { place += ", " + channel.rawValue }
    return place
  }

  /// The code, prefix or HTTP status of the entry.
  public var code: String {
    switch entry.pattern {
    case .code(let code): code
    case .prefix(let prefix): prefix + "…"
    case .status(let status): "HTTP \(status)"
    }
  }
}
