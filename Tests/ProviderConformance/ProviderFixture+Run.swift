import Cryptography
import JSON
public import NumberAuth

extension ProviderFixture {
  /// Makes the adapter, calls it and has the vendor answer. Returns everything that is not as the fixture says.
  public func differences(_ make: (AccountSettings) throws(AccountFault) -> any Provider) -> [String] {
    let provider: any Provider
    do throws(AccountFault) {
      provider = try make(settings)
    } catch {
      return ["the account is refused: \(error.message)"]
    }
    let exchange: Exchange<ProviderCall.Outcome>?
    do throws(Failure) {
      exchange = try call.exchange(with: provider, context)
    } catch {
      guard case .result(let expected) = expectation else { return ["nothing is sent: \(error)"] }
      return differences(.failure(error), expected)
    }
    switch (exchange, expectation) {
    case (nil, _):
      return ["the provider cannot do this"]
    case (.answer(let outcome), .result(let expected)):
      return differences(.success(outcome), expected)
    case (.send(let request, let read), .exchange(let expected, let answers)):
      return differences(request, expected)
        + answers.flatMap { answer in
          let response = VendorResponse(status: answer.status, body: Array(answer.body.utf8)) { name in
            answer.headers.first { $0.key.lowercased() == name.lowercased() }?.value
          }
          let result: Result<ProviderCall.Outcome, Failure>
          do throws(Failure) {
            result = .success(try read(response))
          } catch {
            result = .failure(error)
          }
          return differences(result, answer.expected).map { "\(answer.name): \($0)" }
        }
    case (.answer, .exchange):
      return ["it answers without asking the vendor"]
    case (.send, .result):
      return ["it asks the vendor, though it needs not"]
    }
  }

  // MARK: The request

  private func differences(_ request: VendorRequest, _ expected: Request) -> [String] {
    var found: [String] = []
    note(&found, "method", request.method, expected.method)
    note(&found, "target", request.target, expected.target)
    note(
      &found, "headers", request.headers.map { "\($0.name): \($0.value)" },
      expected.headers.map { "\($0.name): \($0.value)" })
    let body = String(decoding: request.body, as: UTF8.self)
    guard let encrypted = expected.encrypted, let signed = expected.signed else {
      note(&found, "body", body, expected.body)
      return found
    }
    guard let values = ProviderFixture.values(in: body, of: expected.body),
      let phoneNum = values["{{phoneNum}}"], let sign = values["{{sign}}"]
    else { return found + ["body: \(body) is not of the form \(expected.body)"] }
    do throws(CryptographyError) {
      let plain = try RSAPrivateKey(encrypted.privateKey).decrypt(Base64.decode(phoneNum) ?? [])
      note(&found, "decrypted phoneNum", String(decoding: plain, as: UTF8.self), encrypted.plain)
      let digest: DigestAlgorithm = signed.digest == "md5" ? .md5 : .sha256
      let text = signed.plain.split(separator: "{{phoneNum}}", omittingEmptySubsequences: false)
        .joined(separator: phoneNum)
      if !(try RSAPublicKey(signed.publicKey)).verify(Base64.decode(sign) ?? [], of: text, digest) {
        found.append("the signature does not fit \(text)")
      }
    } catch {
      found.append("phoneNum or sign \(error)")
    }
    return found
  }

  /// What stands in `text` for the placeholders of `form`; nil where the rest is not the same byte for byte.
  private static func values(in text: String, of form: String) -> [String: String]? {
    var values: [String: String] = [:]
    var rest = Array(text.utf8)[...]
    var form = Array(form.utf8)[...]
    while let start = form.indices.first(where: { form[$0...].starts(with: "{{".utf8) }) {
      guard rest.starts(with: form[..<start]),
        let end = form.indices.first(where: { $0 > start && form[$0...].starts(with: "}}".utf8) })
      else { return nil }
      rest = rest.dropFirst(start - form.startIndex)
      let value = rest.prefix { $0 != UInt8(ascii: "\"") }
      values[String(decoding: form[start..<(end + 2)], as: UTF8.self)] = String(decoding: value, as: UTF8.self)
      rest = rest.dropFirst(value.count)
      form = form[(end + 2)...]
    }
    return rest.elementsEqual(form) ? values : nil
  }

  // MARK: The result

  private func differences(
    _ result: Result<ProviderCall.Outcome, Failure>, _ expected: JSONValue
  ) -> [String] {
    var found: [String] = []
    switch result {
    case .failure(let failure):
      guard let expected = expected["failure"] else { return ["it fails with \(failure)"] }
      note(&found, "reason", failure.reason.rawValue, expected["reason"]?.string)
      note(&found, "stage", failure.stage.rawValue, expected["stage"]?.string)
      note(&found, "vendor's code", failure.vendor?.code, expected["code"]?.string)
      note(&found, "vendor's message", failure.vendor?.message, expected["message"]?.string)
      note(&found, "vendor's provider", failure.vendor?.provider, failure.vendor == nil ? nil : provider)
      note(&found, "billed", failure.billed.rawValue, expected["billed"]?.string)
      note(&found, "delivery", failure.delivery.rawValue, expected["delivery"]?.string)
      note(&found, "advice of its own", failure.adviceOverride?.rawValue, expected["advice"]?.string)
      if let hint = expected["hint"] { note(&found, "hint", failure.hint, hint.string) }
      note(&found, "branches", failure.branches.count, 0)
    case .success(let outcome):
      if let failure = expected["failure"]?["reason"]?.string { return ["\(outcome) instead of \(failure)"] }
      switch outcome {
      case .parameters(let parameters):
        note(&found, "parameters", text(parameters.parameters), expected["parameters"]?.string)
        note(&found, "authPage", parameters.authPage.map(text), expected["authPage"]?.string)
      case .signature(let signature):
        note(&found, "sign", signature.sign.revealed, expected["sign"]?.string)
      case .number(let number):
        note(&found, "number", number.phoneNumber.digits, expected["number"]?.string)
        note(&found, "transaction", number.vendorTransaction, expected["transaction"]?.string)
        note(&found, "billed", number.billed.rawValue, expected["billed"]?.string)
        note(&found, "carrier", number.carrier, nil)
      case .verdict(let verdict):
        note(&found, "verdict", verdict.verdict.rawValue, expected["verdict"]?.string)
        note(&found, "smsAssistToken", verdict.smsAssistToken?.revealed, expected["smsAssistToken"]?.string)
        note(&found, "transaction", verdict.vendorTransaction, expected["transaction"]?.string)
        note(&found, "billed", verdict.billed.rawValue, expected["billed"]?.string)
      }
    }
    return found
  }

  private func text(_ fragment: JSONFragment) -> String { String(decoding: fragment.bytes, as: UTF8.self) }

  private func note<Value: Equatable>(_ found: inout [String], _ what: String, _ value: Value?, _ expected: Value?) {
    if value != expected {
      found.append(
        "\(what) is \(value.map { "\($0)" } ?? "missing"), not \(expected.map { "\($0)" } ?? "missing")")
    }
  }
}
