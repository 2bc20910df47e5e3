import JSON
public import NumberAuth
public import ProviderTools

/// The requirements on every provider, independent of the vendor. Checks any `Provider`, given its calls and templates
/// of the vendor's answers.
public struct Conformance: Sendable {
  /// One call for which a request is sent to the vendor.
  public struct VendorCall: Sendable {
    let call: ProviderCall
    let answer: String
    let success: String
    let verdicts: Set<String>
    let isRandomised: Bool

    /// - Parameters:
    ///   - answer: a complete answer in the vendor's format, with `%CODE%` and `%MESSAGE%` in place of the JSON values
    ///     of the result code and its message. The provider must accept it with the code `success`.
    ///   - verdicts: success codes that the account defines in addition to the table.
    ///   - isRandomised: whether the request contains an RSA ciphertext, whose padding is random.
    public init(
      _ call: ProviderCall, answer: String, success: String, verdicts: Set<String> = [], isRandomised: Bool = false
    ) {
      self.call = call
      self.answer = answer
      self.success = success
      self.verdicts = verdicts
      self.isRandomised = isRandomised
    }

    func body(code: String, message: String = "\"said\"") -> String {
      answer.replacing("%CODE%", with: code).replacing("%MESSAGE%", with: message)
    }
  }

  public enum Promise: String, Sendable, CaseIterable, CustomStringConvertible {
    case repeats = "the same call in the same context gives the same request"
    case keepsSecrets = "textual representations contain no key, token or phone number"
    case survivesGarbage = "invalid answers neither succeed nor crash the process"
    case followsTable = "every failure in the table is reported as defined"
    case failsClosed = "only listed codes are successes or verdicts"

    public var description: String { rawValue }
  }

  let provider: any Provider
  let context: CallContext
  let vendorCalls: [VendorCall]
  let ownCalls: [ProviderCall]
  let secrets: [String]

  /// - Parameters:
  ///   - ownCalls: calls that the provider answers or rejects without a request to the vendor.
  ///   - secrets: every key, token and phone number in the account and the calls.
  public init(
    _ provider: any Provider, context: CallContext, vendorCalls: [VendorCall], ownCalls: [ProviderCall] = [],
    secrets: [String]
  ) {
    self.provider = provider
    self.context = context
    self.vendorCalls = vendorCalls
    self.ownCalls = ownCalls
    self.secrets = secrets
  }

  /// Describes every violation of a requirement; empty if it is met.
  public func violations(of promise: Promise) -> [String] {
    switch promise {
    case .repeats: repeats()
    case .keepsSecrets: keepsSecrets()
    case .survivesGarbage: vendorCalls.flatMap(survivesGarbage)
    case .followsTable: vendorCalls.flatMap(followsTable)
    case .failsClosed: vendorCalls.flatMap(failsClosed)
    }
  }

  /// The verdict of a verification whose answer has the result code `code`; nil if it fails.
  public static func verdict(
    of provider: any Provider, _ call: VendorCall, code: String, _ context: CallContext
  ) -> Verdict? {
    let conformance = Conformance(provider, context: context, vendorCalls: [call], secrets: [])
    guard let read = conformance.send(call)?.read,
      case .success(.verdict(let verified)) = conformance.result(read, call.body(code: "\"\(code)\""))
    else { return nil }
    return verified.verdict
  }

  // MARK: Calls

  typealias Read = @Sendable (VendorResponse) throws(Failure) -> ProviderCall.Outcome

  func send(_ call: VendorCall) -> (request: VendorRequest, read: Read)? {
    guard case .send(let request, let read)? = try? call.call.exchange(with: provider, context) else { return nil }
    return (request, read)
  }

  func result(_ read: Read, _ body: String, status: Int = 200) -> Result<ProviderCall.Outcome, Failure> {
    do throws(Failure) {
      return .success(try read(VendorResponse(status: status, body: Array(body.utf8))))
    } catch {
      return .failure(error)
    }
  }

  // MARK: Requirements

  private func repeats() -> [String] {
    var found: [String] = []
    for call in vendorCalls {
      guard let first = send(call)?.request, let second = send(call)?.request else {
        found.append("\(call.call.stage): no request is sent")
        continue
      }
      if call.isRandomised {
        if first.body == second.body { found.append("\(call.call.stage): two ciphertexts are equal") }
        if first.body.count != second.body.count { found.append("\(call.call.stage): its length differs") }
      } else if first.body != second.body {
        found.append("\(call.call.stage): the body differs")
      }
      if first.method != second.method || first.target != second.target || first.headers != second.headers {
        found.append("\(call.call.stage): the request's head differs")
      }
    }
    for call in ownCalls {
      let both = [0, 1].map { _ -> String in
        do throws(Failure) {
          guard case .answer(let outcome)? = try call.exchange(with: provider, context) else { return "sent" }
          return "\(outcome)"
        } catch {
          return "\(error)"
        }
      }
      if both[0] != both[1] || both[0] == "sent" { found.append("\(call.stage): the answer differs or is not local") }
    }
    return found
  }

  private func keepsSecrets() -> [String] {
    var found = leaks(in: provider, "the provider")
    for call in ownCalls { found += leaks(in: call, "\(call.stage), the call") }
    for vendorCall in vendorCalls {
      let place = "\(vendorCall.call.stage)"
      found += leaks(in: vendorCall.call, "\(place), the call")
      guard let (request, read) = send(vendorCall) else {
        found.append("\(place): no request is sent")
        continue
      }
      found += leaks(in: request, "\(place), the request")
      let success = vendorCall.body(code: "\"\(vendorCall.success)\"")
      found += leaks(in: VendorResponse(status: 200, body: Array(success.utf8)), "\(place), the answer")
      found += leaks(in: result(read, success), "\(place), the outcome")
      for body in Garbage.bodies { found += leaks(in: result(read, body), "\(place), a failure") }
    }
    return found
  }

  private func leaks(in value: Any, _ what: String) -> [String] {
    var dumped = ""
    dump(value, to: &dumped)
    let texts = ["\(value)", String(reflecting: value), dumped]
    let dense = dumped.filter { !$0.isWhitespace }
    // As a text or as an array of bytes. The first 16 characters of a longer secret already count as a leak.
    return secrets.map { String($0.prefix(16)) }.filter { secret in
      let bytes = Array(secret.utf8)
      let list = bytes.map { "\($0)" }.joined(separator: ", ")
      let lines = bytes.map { "-\($0)" }.joined()
      return texts.contains { $0.contains(secret) || $0.contains(list) } || dense.contains(lines)
    }.map { "\(what) prints \($0.prefix(4))…" }
  }

  private func survivesGarbage(_ call: VendorCall) -> [String] {
    guard let read = send(call)?.read else { return ["no request is sent"] }
    var found: [String] = []
    for body in Garbage.bodies {
      for status in [200, 204, 302, 400, 404, 429, 500, 503, 999] {
        switch result(read, body, status: status) {
        case .success(let outcome): found.append("HTTP \(status) \(body.prefix(80)) is \(outcome)")
        case .failure(let failure):
          if failure.stage != call.call.stage || failure.delivery != .answered {
            found.append("HTTP \(status) \(body.prefix(80)) fails at \(failure.stage), \(failure.delivery)")
          }
          if failure.fault == .team || failure.fault == .user || failure.reason == .internal {
            found.append("HTTP \(status) \(body.prefix(80)) has the reason \(failure.reason)")
          }
          let texts = (failure.vendor?.code ?? "") + (failure.vendor?.message ?? "") + (failure.detail ?? "")
          if texts.utf8.count > 1200 { found.append("\(texts.utf8.count) bytes in the failure for \(body.prefix(40))") }
        }
      }
    }
    return found
  }

  private func followsTable(_ call: VendorCall) -> [String] {
    guard let read = send(call)?.read else { return ["no request is sent"] }
    var found: [String] = []
    var rows = 0
    let stage = call.call.stage
    for entry in provider.table.entries where entry.place == .init(stage: stage, carrier: nil) {
      guard case .failure(let reason, let advice) = entry.row.meaning else { continue }
      let answers: [(body: String, status: Int, code: String, message: String)] =
        switch entry.pattern {
        case .code(let code): [(call.body(code: "\"\(code)\""), 200, code, "said")]
        case .prefix(let prefix): [(call.body(code: "\"\(prefix)Un1isted\""), 200, prefix + "Un1isted", "said")]
        case .status(let status):
          ["<html></html>", "", "{}"].map { ($0, status, "\(status)", entry.row.text) }
        }
      for answer in answers {
        rows += 1
        var wanted = Failure(
          reason, stage: stage,
          vendor: .init(provider: provider.table.provider, code: answer.code, message: answer.message),
          billed: entry.row.billed, delivery: .answered, adviceOverride: advice, hint: entry.row.hint)
        wanted.rejection = entry.row.rejection
        guard case .failure(var failure) = result(read, answer.body, status: answer.status) else {
          found.append("\(entry.pattern) succeeds")
          continue
        }
        // The vendor's id is a member of the answer and not of the table.
        failure.vendorTransaction = nil
        if failure != wanted || failure.advice != advice ?? reason.advice {
          found.append("\(entry.pattern): \(failure)")
        }
      }
    }
    if rows == 0 { found.append("the table has no failure for \(stage)") }
    return found
  }

  private func failsClosed(_ call: VendorCall) -> [String] {
    guard let read = send(call)?.read else { return ["no request is sent"] }
    var found: [String] = []
    let stage = call.call.stage
    // Makes sure that the checks below fail only because of the code.
    if case .failure(let failure) = result(read, call.body(code: "\"\(call.success)\"")) {
      found.append("\(call.success) is not accepted: \(failure)")
    }
    let listed = provider.table.entries.filter { $0.place == .init(stage: stage, carrier: nil) }
    var codes = CodeGenerator(seed: 20_260_101, from: provider.table)
    var rows: [[UInt8]: FailureTable.Row] = [:]
    var prefixes: [String] = []
    for entry in listed {
      switch entry.pattern {
      case .code(let code): rows[Array(code.utf8)] = entry.row
      case .prefix(let prefix): prefixes.append(prefix)
      case .status: break
      }
    }
    for _ in 0..<1500 {
      let generated = codes.next()
      let code = generated.code
      let exact = rows[Array(code.utf8)]
      let prefix = prefixes.contains { code.utf8.starts(with: $0.utf8) }
      if call.verdicts.contains(code) { continue }
      if let exact { guard case .failure = exact.meaning else { continue } }
      switch result(read, call.body(code: generated.json)) {
      case .success(let outcome): found.append("\(generated.json) is \(outcome)")
      case .failure(let failure):
        if failure.stage != stage || failure.delivery != .answered { found.append("\(generated.json): \(failure)") }
        if exact != nil || prefix {
          if failure.reason == .unmapped { found.append("\(generated.json) is listed, but unmapped") }
        } else if code.isEmpty {
          if failure.reason != .vendorProtocolError { found.append("a missing code is \(failure.reason)") }
        } else if failure.reason != .unmapped || failure.billed != .unknown || failure.vendor?.message != "said"
          || failure.vendor?.code.utf8.elementsEqual(code.utf8) != true
        {
          found.append("\(generated.json): \(failure)")
        }
      }
    }
    return found
  }
}
