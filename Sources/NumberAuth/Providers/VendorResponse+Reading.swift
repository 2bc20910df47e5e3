public import JSON

extension VendorResponse {
  /// The body as JSON, whatever the HTTP status says. Throws what the table has for the status, else
  /// `vendorProtocolError`; always the latter for an object with a repeated key, here or in a string that holds JSON:
  /// two readers could take two verdicts from it.
  public func json(stage: Stage, _ table: FailureTable) throws(Failure) -> JSONValue {
    do throws(JSONError) {
      return try JSONValue.parse(body, duplicateKeys: .refusedInStringsToo)
    } catch {
      if case .duplicateKey(let key) = error {
        throw protocolError(stage, "The answer gives \(Self.named(key)) twice.")
      }
      if let row = table.row(nil, stage: stage, status: status),
        let failure = table.failure(
          row, code: String(status), message: nil, stage: stage, carrier: nil, delivery: .answered)
      {
        throw failure
      }
      throw protocolError(stage, "The answer (HTTP \(status)) is \(appearance), not the JSON that is documented.")
    }
  }

  /// An answer that cannot be read as the vendor's document says. Whether it was billed nobody knows.
  public func protocolError(_ stage: Stage, _ detail: String, billed: Billing = .unknown) -> Failure {
    Failure(.vendorProtocolError, stage: stage, detail: detail, billed: billed, delivery: .answered)
  }

  /// A key that looks like a name; others may be somebody's number or token.
  private static func named(_ key: String) -> String {
    let isName =
      key.utf8.count <= 32 && key.utf8.allSatisfy { (0x61...0x7a).contains($0 | 0x20) || $0 == UInt8(ascii: "_") }
    return isName && !key.isEmpty ? "the key '\(key)'" : "a key"
  }

  private var appearance: String {
    let content = body.starts(with: [0xef, 0xbb, 0xbf]) ? body.dropFirst(3) : body[...]
    let start = content.first { $0 > 0x20 }
    if start == nil { return "empty" }
    if start == UInt8(ascii: "<") { return "markup (HTML or XML)" }
    return start == UInt8(ascii: "{") || start == UInt8(ascii: "[") ? "broken JSON" : "something else"
  }
}

extension JSONValue {
  /// An object member that is an object, or a text that holds one: some servers put JSON inside JSON.
  public func object(_ key: String) -> JSONValue? {
    guard let value = self[key] else { return nil }
    if value.kind == .object { return value }
    guard let text = value.string, let inner = try? JSONValue.parse(text, duplicateKeys: .refused),
      inner.kind == .object
    else { return nil }
    return inner
  }

  /// The member, if it is a text or a number that is not blank.
  public func text(of name: String) -> String? {
    guard let text = self[name]?.text, !text.isEmpty else { return nil }
    return text
  }

  /// The first of these members that is a text or a number that is not blank.
  public func text(of name: String, _ second: String, _ third: String? = nil) -> String? {
    text(of: name) ?? text(of: second) ?? third.flatMap { text(of: $0) }
  }
}
