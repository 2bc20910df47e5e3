import NumberAuth
import Schema
import YAML

/// Reads `failures` of a provider file: stage, then carrier, then codes, prefixes and HTTP statuses.
///
/// A key can name several stages or carriers with the same entries (`CT+CU`). A file that extends another one inherits
/// its entries; `none` removes an inherited entry.
struct FailureRows {
  private struct Slot: Hashable {
    let place: FailureTable.Place
    let pattern: FailureTable.Pattern
  }

  private var slots: [Slot: Int] = [:]
  private var rows: [FailureTable.Entry?] = []

  var entries: [FailureTable.Entry] { rows.compactMap { $0 } }

  init(base: [FailureTable.Entry]) {
    for entry in base { put(entry, at: Slot(place: entry.place, pattern: entry.pattern)) }
  }

  private mutating func put(_ entry: FailureTable.Entry?, at slot: Slot) {
    if let index = slots[slot] {
      rows[index] = entry
    } else {
      slots[slot] = rows.count
      rows.append(entry)
    }
  }

  private static let row = Shape.named(
    "row",
    .scalarOr(
      .choice(["none"]),
      .object([
        .optional(
          "reason", .choice(FailureReason.allCases.filter { !$0.isGatewayOnly }.map(\.rawValue)),
          "failure that the code means"),
        .optional("success", .boolean, "true if the code means success"),
        .optional(
          "verdict", .choice(Verdict.allCases.map(\.rawValue)), "result of a verification that the code means"),
        .required("text", .scalarOr(.any, .text), "the vendor's description of the code"),
        .optional(
          "billed", .choice(Billing.allCases.map(\.rawValue)), "whether the vendor charges for a call with this code",
          default: .text("no")),
        .optional(
          "advice", .choice(Advice.allCases.map(\.rawValue)),
          "advice for this code; by default the advice of the reason"),
        .optional("hint", .text, "cause of the code, according to the vendor's document"),
        .optional("source", .text, "source of the entry, if it is not the product's document"),
        .optional("own", .boolean, "true if the carrier returns the code only to its own users"),
        .optional(
          "renew", .text,
          "the credential that the vendor refuses with this code: it is fetched again, and the next call uses it"),
        .optional(
          "tokenUsed", .boolean,
          "false if the vendor refuses the credential before it uses the user's token: the call is sent again once",
          default: .boolean(true)),
      ])))

  static let codes: [Shape.Field] = [
    .optional("codes", .map(key: .any, value: row), "entries by code"),
    .optional("prefixes", .map(key: .any, value: row), "entries by the first characters of a code"),
  ]

  static let shape = Shape.map(
    key: .several(of: Stage.allCases.map(\.rawValue)),
    value: .map(
      key: .several(of: Carrier.allCases.map(\.rawValue) + ["any"]),
      value: .object(
        codes + [
          .optional(
            "statuses",
            .map(
              key: Shape.Form("an HTTP status", pattern: "^[1-5][0-9][0-9]$") {
                Int($0).map((100...599).contains) ?? false
              }, value: row), "entries by HTTP status, for responses without a code"),
          .optional(
            "channels", .map(key: .several(of: Channel.allCases.map(\.rawValue)), value: .object(codes)),
            "entries that apply to reports of one channel only, because its SDK uses the code with another meaning"),
        ])))

  mutating func read(_ node: YAMLNode, path: String, diagnostics: inout Diagnostics) {
    var written: [Slot: YAMLMark] = [:]
    for stages in node.entries {
      for carriers in stages.value.entries {
        for stage in stages.key.split(separator: "+").compactMap({ Stage(rawValue: String($0)) }) {
          for carrier in carriers.key.split(separator: "+") {
            let carrier = Carrier(rawValue: String(carrier))
            let place = FailureTable.Place(stage: stage, carrier: carrier)
            read(carriers.value, at: place, &written, path: path, diagnostics: &diagnostics)
            for channels in carriers.value["channels"]?.entries ?? [] {
              for channel in channels.key.split(separator: "+").compactMap({ Channel(rawValue: String($0)) }) {
                let place = FailureTable.Place(stage: stage, carrier: carrier, channel: channel)
                read(channels.value, at: place, &written, path: path, diagnostics: &diagnostics)
              }
            }
          }
        }
      }
    }
  }

  /// Reads `codes`, `prefixes` and `statuses`.
  private mutating func read(
    _ kinds: YAMLNode, at place: FailureTable.Place, _ written: inout [Slot: YAMLMark], path: String,
    diagnostics: inout Diagnostics
  ) {
    for kind in kinds.entries {
      for row in kind.value.entries {
        guard let pattern = Self.pattern(kind.key, row.key) else { continue }
        if let first = written.updateValue(row.keyMark, forKey: Slot(place: place, pattern: pattern)) {
          diagnostics.error(
            path, row.keyMark,
            "duplicate entry for '\(shortened(row.key))' at \(place.stage.rawValue), \(place.carrier?.rawValue ?? "any"); the first is on line \(first.line)"
          )
        }
        read(row, at: place, pattern, path: path, diagnostics: &diagnostics)
      }
    }
  }

  /// Reads the codes of a carrier's own SDK.
  mutating func readCarrier(_ node: YAMLNode, _ carrier: Carrier?, path: String, diagnostics: inout Diagnostics) {
    var written: [Slot: YAMLMark] = [:]
    let place = FailureTable.Place(stage: .acquire, carrier: carrier)
    read(node, at: place, &written, path: path, diagnostics: &diagnostics)
  }

  private static func pattern(_ kind: String, _ key: String) -> FailureTable.Pattern? {
    switch kind {
    case "codes": .code(key)
    case "prefixes": .prefix(key)
    case "statuses": Int(key).map(FailureTable.Pattern.status)
    default: nil
    }
  }

  private mutating func read(
    _ entry: YAMLNode.Entry, at place: FailureTable.Place, _ pattern: FailureTable.Pattern, path: String,
    diagnostics: inout Diagnostics
  ) {
    let slot = Slot(place: place, pattern: pattern)
    let node = entry.value
    if case .prefix("") = pattern {
      return diagnostics.error(
        path, entry.keyMark, "an empty prefix matches every code; use the first characters of codes")
    }
    if node.text == "none" {
      if slots[slot] == nil {
        diagnostics.error(
          path, entry.keyMark,
          "'none' removes an entry of the extended file, which has no entry for '\(shortened(entry.key))' here")
      }
      return put(nil, at: slot)
    }
    // The shape check has reported a value of another kind.
    guard case .mapping = node.content else { return }
    let reason = node["reason"]?.text.flatMap(FailureReason.init)
    let verdict = node["verdict"]?.text.flatMap(Verdict.init)
    let success = node["success"]?.bool == true
    let meanings = (reason == nil ? 0 : 1) + (verdict == nil ? 0 : 1) + (success ? 1 : 0)
    guard meanings == 1 else {
      if node["reason"] == nil && node["verdict"] == nil || meanings > 1 {
        diagnostics.error(
          path, node.mark,
          "the entry for '\(shortened(entry.key))' must have exactly one of reason, success: true and verdict")
      }
      return
    }
    let advice = node["advice"]?.text.flatMap(Advice.init)
    if let reason, advice == reason.advice {
      diagnostics.error(
        path, node.mark,
        "the entry for '\(shortened(entry.key))' repeats the advice of '\(reason.rawValue)'; remove 'advice'")
    }
    let meaning: FailureTable.Meaning =
      if let reason { .failure(reason, advice: advice) } else if let verdict { .verdict(verdict) } else { .success }
    let billed = node["billed"]?.text.flatMap(Billing.init) ?? .no
    if let tokenUsed = node["tokenUsed"], node["renew"] == nil {
      diagnostics.error(path, tokenUsed.mark, "'tokenUsed' requires 'renew', the credential that the vendor refuses")
    }
    let rejection = node["renew"]?.text.map {
      CredentialRejection(credential: $0, usesToken: node["tokenUsed"]?.bool ?? true)
    }
    let row = FailureTable.Row(
      meaning: meaning, billed: billed, text: node["text"]?.text ?? "", hint: node["hint"]?.text,
      source: node["source"]?.text, revealsCarrier: node["own"]?.bool == true, rejection: rejection)
    put(FailureTable.Entry(place: place, pattern: pattern, row: row), at: slot)
  }
}
