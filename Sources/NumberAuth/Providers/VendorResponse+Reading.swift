public import JSON
public import XML

extension VendorResponse {
  /// The body as JSON, for any HTTP status. If it is not JSON, throws the failure that the table lists for the status,
  /// or `vendorProtocolError` if it lists none. Throws `vendorProtocolError` for a duplicate key, also in a string that
  /// contains JSON, because two parsers could read two different verdicts.
  public func json(stage: Stage, _ table: FailureTable) throws(Failure) -> JSONValue {
    do throws(JSONError) {
      return try JSONValue.parse(body, duplicateKeys: .refusedInStringsToo)
    } catch {
      if case .duplicateKey(let key) = error {
        throw protocolError(stage, "The vendor's response contains \(Self.named(key)) twice.")
      }
      throw unreadable(stage, table, "the documented JSON: it is \(appearance)")
    }
  }

  /// The body as XML, for any HTTP status. If it cannot be read, throws the failure that the table lists for the status,
  /// or `vendorProtocolError` if it lists none.
  public func xml(stage: Stage, _ table: FailureTable) throws(Failure) -> XMLElement {
    do throws(XMLError) {
      return try XMLElement.parse(body)
    } catch {
      throw unreadable(stage, table, "the documented XML: \(error)")
    }
  }

  /// The body as text, without surrounding white space. If it is empty or not UTF-8, or if the status is not a success
  /// and the table lists it, throws the failure that the table lists, or `vendorProtocolError` if it lists none.
  public func text(stage: Stage, _ table: FailureTable) throws(Failure) -> String {
    if !(200...299).contains(status), let failure = listedFailure(stage, table) { throw failure }
    let content = body.starts(with: [0xef, 0xbb, 0xbf]) ? body.dropFirst(3) : body[...]
    guard let first = content.firstIndex(where: { $0 > 0x20 }), let last = content.lastIndex(where: { $0 > 0x20 }),
      let text = String(validating: content[first...last], as: UTF8.self)
    else { throw unreadable(stage, table, "the documented text: it is empty or not UTF-8") }
    return text
  }

  /// The failure for a body that cannot be read.
  private func unreadable(_ stage: Stage, _ table: FailureTable, _ expected: String) -> Failure {
    listedFailure(stage, table)
      ?? protocolError(stage, "The vendor's response (HTTP \(status)) is not \(expected).")
  }

  /// The failure that the table lists for the HTTP status.
  private func listedFailure(_ stage: Stage, _ table: FailureTable) -> Failure? {
    table.row(nil, stage: stage, status: status).flatMap {
      table.failure($0, code: String(status), message: nil, stage: stage, carrier: nil, delivery: .answered)
    }
  }

  /// The failure for a response that does not conform to the vendor's document. By default it is unknown whether the
  /// call was billed.
  public func protocolError(_ stage: Stage, _ detail: String, billed: Billing = .unknown) -> Failure {
    Failure(.vendorProtocolError, stage: stage, detail: detail, billed: billed, delivery: .answered)
  }

  /// The failure for a response with a success code, but without a value.
  /// - Parameter missing: The value, as it follows "has no".
  public func incompleteSuccess(_ stage: Stage, missing: String, billed: Billing = .unknown) -> Failure {
    var failure = protocolError(stage, "The response reports success, but has no \(missing).", billed: billed)
    failure.isIncompleteSuccess = true
    return failure
  }

  /// The key for a message, if it looks like a name. Other keys may be a phone number or a token.
  private static func named(_ key: String) -> String {
    let isName =
      key.utf8.count <= 32 && key.utf8.allSatisfy { (0x61...0x7a).contains($0 | 0x20) || $0 == UInt8(ascii: "_") }
    return isName && !key.isEmpty ? "the key '\(key)'" : "a key"
  }

  private var appearance: String {
    let content = body.starts(with: [0xef, 0xbb, 0xbf]) ? body.dropFirst(3) : body[...]
    let start = content.first { $0 > 0x20 }
    if start == nil { return "empty" }
    if start == UInt8(ascii: "<") { return "HTML or XML" }
    return start == UInt8(ascii: "{") || start == UInt8(ascii: "[") ? "malformed JSON" : "in another format"
  }
}

extension JSONValue {
  /// A member that is an object, or a string that contains one: some servers put JSON inside JSON.
  public func object(_ key: String) -> JSONValue? {
    guard let value = self[key] else { return nil }
    if value.kind == .object { return value }
    guard let text = value.string, let inner = try? JSONValue.parse(text, duplicateKeys: .refused),
      inner.kind == .object
    else { return nil }
    return inner
  }

  /// The member, if it is a number or a string that is not empty.
  public func text(of name: String) -> String? {
    guard let text = self[name]?.text, !text.isEmpty else { return nil }
    return text
  }

  /// The first of these members that is a number or a string that is not empty.
  public func text(of name: String, _ second: String, _ third: String? = nil) -> String? {
    text(of: name) ?? text(of: second) ?? third.flatMap { text(of: $0) }
  }
}
