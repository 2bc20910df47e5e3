import Cryptography
import JSON
import Networking
public import NumberAuth

extension ProviderFixture {
  /// Creates the provider, performs the call and reads the vendor's responses. Returns all differences from the
  /// fixture.
  ///
  /// A member that `expect` does not contain must be absent; with `isLenient` it is not compared.
  public func differences(
    _ settings: AccountSettings, isLenient: Bool = false,
    _ make: (AccountSettings) throws(AccountFault) -> any Provider
  ) -> [String] {
    let provider: any Provider
    do throws(AccountFault) {
      provider = try make(settings)
    } catch {
      return ["the account is invalid: \(error.message)"]
    }
    var exchange: Exchange<ProviderCall.Outcome>?
    var found: [String] = []
    do throws(Failure) {
      exchange = try call.exchange(with: provider, context)
      for step in first {
        guard case .sendFirst(let request, let next) = exchange else {
          return found + ["the provider does not create the request '\(step.name)'"]
        }
        found += differences(request, step.request).map { "\(step.name): \($0)" }
        exchange = try next(step.response)
      }
    } catch {
      guard case .result(let expected) = expectation else {
        return found + ["no request was created: \(error.detail ?? error.reason.title)"]
      }
      return differences(.failure(error), expected, isLenient)
    }
    switch (exchange, expectation) {
    case (nil, _):
      return ["the provider does not support this call"]
    case (.answer(let outcome), .result(let expected)):
      return differences(.success(outcome), expected, isLenient)
    case (.send(let request, let read), .exchange(let expected, let answers)):
      return found + differences(request, expected)
        + answers.flatMap { answer in
          let result: Result<ProviderCall.Outcome, Failure>
          do throws(Failure) {
            result = .success(try read(answer.response))
          } catch {
            result = .failure(error)
          }
          return differences(result, answer.expected, isLenient).map { "\(answer.name): \($0)" }
        }
    case (.sendFirst(let request, _), _):
      return found + ["the provider creates another request before: \(request.method) \(request.target)"]
    case (.answer, .exchange):
      return ["the provider returned a result without a request to the vendor"]
    case (.send, .result):
      return ["the provider created a request to the vendor; expected a result without a request"]
    }
  }

  // MARK: The request

  private func differences(_ request: VendorRequest, _ expected: Request) -> [String] {
    var found: [String] = []
    note(&found, "method", request.method, expected.method)
    note(&found, "target", request.target, expected.target)
    let names = request.headers.map(\.name)
    if names == expected.headers.map(\.name) {
      for (header, wanted) in zip(request.headers, expected.headers) {
        note(&found, "the header \(header.name)", header.value, wanted.value)
      }
    } else {
      note(&found, "headers", names, expected.headers.map(\.name))
    }
    guard let expectedBody = expected.body else { return found }
    let body = Charset.displayed(request.body)
    guard let encrypted = expected.encrypted, let signed = expected.signed else {
      note(&found, "body", body, expectedBody)
      return found
    }
    guard let values = ProviderFixture.values(in: body, of: expectedBody),
      let phoneNum = values["{{phoneNum}}"], let sign = values["{{sign}}"]
    else { return found + ["body: \(body) does not match \(expectedBody)"] }
    do throws(CryptographyError) {
      let plain = try RSAPrivateKey(encrypted.privateKey).decrypt(Base64.decode(phoneNum) ?? [])
      note(&found, "decrypted phoneNum", String(decoding: plain, as: UTF8.self), encrypted.plain)
      let digest: DigestAlgorithm = signed.digest == "md5" ? .md5 : .sha256
      let text = signed.plain.split(separator: "{{phoneNum}}", omittingEmptySubsequences: false)
        .joined(separator: phoneNum)
      if !(try RSAPublicKey(signed.publicKey)).verify(Base64.decode(sign) ?? [], of: text, digest) {
        found.append("the signature does not verify for \(text)")
      }
    } catch {
      found.append("phoneNum or sign \(error)")
    }
    return found
  }

  /// The parts of `text` at the placeholders of `form`; nil if the remaining bytes differ.
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
    _ result: Result<ProviderCall.Outcome, Failure>, _ expected: JSONValue, _ isLenient: Bool
  ) -> [String] {
    var found: [String] = []
    func compare(_ what: String, _ value: String?, _ name: String, in expected: JSONValue) {
      if isLenient, expected[name] == nil { return }
      note(&found, what, value, expected[name]?.text)
    }
    switch result {
    case .failure(let failure):
      guard let expected = expected["failure"] else {
        return ["the result is the failure \(words(failure)); expected: \(words(expected))"]
      }
      compare("reason", failure.reason.rawValue, "reason", in: expected)
      compare("stage", failure.stage.rawValue, "stage", in: expected)
      compare("vendor's code", failure.vendor?.code, "code", in: expected)
      compare("vendor's message", failure.vendor?.message, "message", in: expected)
      if !isLenient {
        note(&found, "vendor's provider", failure.vendor?.provider, failure.vendor == nil ? nil : provider)
      }
      compare("billed", failure.billed.rawValue, "billed", in: expected)
      compare("delivery", failure.delivery.rawValue, "delivery", in: expected)
      compare("overridden advice", failure.adviceOverride?.rawValue, "advice", in: expected)
      if let hint = expected["hint"] { note(&found, "hint", failure.hint, hint.string) }
      note(&found, "branches", failure.branches.count, 0)
    case .success(let outcome):
      guard expected[outcome.kind] != nil else { return ["the result is \(outcome); expected: \(words(expected))"] }
      switch outcome {
      case .parameters(let parameters):
        compare("parameters", text(parameters.parameters), "parameters", in: expected)
        compare("authPage", parameters.authPage.map(text), "authPage", in: expected)
      case .signature(let signature):
        compare("sign", signature.sign.revealed, "sign", in: expected)
      case .number(let number):
        compare("number", number.phoneNumber.text, "number", in: expected)
        compare("transaction", number.vendorTransaction, "transaction", in: expected)
        compare("billed", number.billed.rawValue, "billed", in: expected)
        compare("carrier", number.carrier?.rawValue, "carrier", in: expected)
      case .credential(let credential):
        compare("value", credential.value.revealed, "credential", in: expected)
        compare("lifeSeconds", String(credential.life.components.seconds), "lifeSeconds", in: expected)
      case .verdict(let verdict):
        compare("verdict", verdict.verdict.rawValue, "verdict", in: expected)
        compare("smsAssistToken", verdict.smsAssistToken?.revealed, "smsAssistToken", in: expected)
        compare("transaction", verdict.vendorTransaction, "transaction", in: expected)
        compare("billed", verdict.billed.rawValue, "billed", in: expected)
      }
    }
    return found
  }

  private func words(_ failure: Failure) -> String {
    failure.reason.rawValue + (failure.vendor.map { " (\($0.code))" } ?? "") + (failure.detail.map { ", \($0)" } ?? "")
  }

  private func words(_ expected: JSONValue) -> String {
    if let reason = expected["failure"]?["reason"]?.text { return "the failure " + reason }
    return expected.members.first.map { "\($0.key) \($0.value.text ?? "")" } ?? "nothing"
  }

  private func text(_ fragment: JSONFragment) -> String { String(decoding: fragment.bytes, as: UTF8.self) }

  private func note<Value: Equatable>(_ found: inout [String], _ what: String, _ value: Value?, _ expected: Value?) {
    if value != expected {
      found.append(
        "\(what) is \(value.map { "\($0)" } ?? "missing"), not \(expected.map { "\($0)" } ?? "missing")")
    }
  }
}
