public import Configuration
import Cryptography
import Declarative
import JSON
public import Networking
public import NumberAuth

/// Performs one call of a provider without sending it. The result is text: the value of each step, the request, and the
/// result of reading a given response.
public struct DryRun: Sendable {
  /// The request to try: that of an operation, or of a credential.
  public enum Subject: Sendable, Hashable {
    case prepare, sign, login, verify
    case credential(String)

    public var name: String {
      switch self {
      case .prepare: "prepare"
      case .sign: "sign"
      case .login: "login"
      case .verify: "verify"
      case .credential(let name): name
      }
    }
  }

  /// The requests that can be tried with a file, in the order of a call.
  public static func subjects(of file: ProviderFile) -> [Subject] {
    (file.description?.credentialNames ?? []).map { .credential($0) } + [.prepare, .sign, .login, .verify]
  }

  /// The response to read.
  public struct Answer: Sendable {
    let status: Int
    let body: [UInt8]

    public init(status: Int, body: [UInt8]) {
      self.status = status
      self.body = body
    }
  }

  /// Why the call cannot be performed.
  public struct Fault: Error, Sendable {
    public let message: String
  }

  public let file: ProviderFile
  public let settings: AccountSettings
  let origin: HTTPOrigin
  public let context: CallContext
  /// Whether keys, tokens, phone numbers and values computed from them are printed.
  public let isRevealed: Bool

  public init(
    _ file: ProviderFile, _ settings: AccountSettings, at origin: HTTPOrigin, _ context: CallContext, isRevealed: Bool
  ) {
    self.origin = origin
    self.file = file
    self.settings = settings
    self.context = context
    self.isRevealed = isRevealed
  }

  /// A random nonce in the gateway's format: 32 lower-case hexadecimal digits.
  public static func randomNonce() -> String { Hex.encode(SecureRandom.bytes(16)) }

  /// Performs the call. `inputs`: values of the call by name, such as `token`, and inputs that the file declares. Reads
  /// `answer` if it is not nil. `isGood` is false if the response results in a failure.
  public func run(
    _ subject: Subject, on channel: Channel, _ inputs: [(name: String, value: String)], _ answer: Answer?
  ) throws(Fault) -> (lines: [String], isGood: Bool) {
    let served = file.serves[channel] ?? []
    let isServed =
      switch subject {
      case .prepare, .sign, .credential: !served.isEmpty
      case .login: served.contains(.login)
      case .verify: served.contains(.verify)
      }
    guard isServed else {
      throw Fault(message: "'\(file.name)' does not support \(subject.name) on \(channel.rawValue)")
    }
    let call = try DryRunCall(subject, channel, inputs, file)
    guard let description = file.description else {
      throw Fault(message: "'\(file.name)' is a built-in provider; only declarative providers can be tried")
    }
    if subject == .prepare, let parameters = ownParameters(call) {
      return (
        ["parameters of the SDK", "  " + String(decoding: parameters.parameters.bytes, as: UTF8.self)], true
      )
    }
    for name in description.credentials(for: subject) where context.credentials[name] == nil {
      throw Fault(
        message: "the credential '\(name)' is missing; use --credential \(name)=…, and --operation \(name) to see the "
          + "request that fetches it")
    }
    let preview: RequestPreview
    do throws(RequestPreviewFault) {
      preview = try call.preview(description, settings, context)
    } catch {
      throw fault(error, subject)
    }
    var lines = [
      "\(file.name), \(subject.name) on \(channel.rawValue), at \(context.now.iso8601), nonce \(context.nonce)", "",
    ]
    lines += ["steps"] + describe(preview.steps) + [""]
    guard let request = preview.request else {
      let (steps, outcome) = preview.result(file.table)
      lines += ["no request is sent"] + (steps.isEmpty ? [] : describe(steps)) + ["", "result"]
      switch outcome {
      case .success(let outcome): return (lines + describe(outcome), true)
      case .failure(let failure): return (lines + describe(failure), false)
      }
    }
    lines += ["request"] + describe(request, masked: preview.maskedRequest)
    guard let answer else {
      lines += ["", "nothing was sent; use --answer FILE to read a response"]
      return (lines, true)
    }
    let response = VendorResponse(status: answer.status, body: Charset.utf8(answer.body, HTTPFields()))
    let (steps, outcome) = preview.read(response, file.table)
    lines += ["", "answer, HTTP \(answer.status), \(answer.body.count) bytes"] + describe(steps)
    lines += ["", "result"]
    switch outcome {
    case .success(let outcome):
      lines += describe(outcome)
      guard (200...299).contains(answer.status) else {
        lines.append("  but the call fails with vendor-protocol-error: HTTP \(answer.status) is not a 2xx status")
        return (lines, false)
      }
      return (lines, true)
    case .failure(let failure):
      lines += describe(failure)
      return (lines, false)
    }
  }

  /// The result of `prepare` if it needs no request to the vendor, otherwise nil.
  private func ownParameters(_ call: DryRunCall) -> ClientParameters? {
    guard case .prepare(let call) = call.call, let provider = try? file.makeProvider(settings) as? any ClientPreparing,
      case .answer(let parameters)? = try? provider.prepare(call, context)
    else { return nil }
    return parameters
  }

  private func fault(_ fault: RequestPreviewFault, _ subject: Subject) -> Fault {
    switch fault {
    case .account(let fault): Fault(message: "the account: \(fault.message)")
    case .failure(let failure): Fault(message: failure.detail ?? failure.reason.title)
    case .nothingToSend:
      Fault(message: "'\(file.name)' sends no request for '\(subject.name)'")
    }
  }

  // MARK: Text

  private func describe(_ steps: [RequestPreview.StepValue]) -> [String] {
    guard !steps.isEmpty else { return ["  (none)"] }
    let width = steps.map(\.name.count).max() ?? 0
    return steps.flatMap { step -> [String] in
      let signed = (isRevealed ? step.signedText : step.maskedSignedText).map { text in
        "  " + String(repeating: " ", count: width) + "    over \"" + Self.escaped(text) + "\""
      }
      return [describe(step, width)] + (signed.map { [$0] } ?? [])
    }
  }

  private static func escaped(_ text: String) -> String {
    text.replacing("\\", with: "\\\\").replacing("\n", with: "\\n").replacing("\"", with: "\\\"")
  }

  private func describe(_ step: RequestPreview.StepValue, _ width: Int) -> String {
    let name = step.name + String(repeating: " ", count: width - step.name.count)
    let what = step.isBytes ? "\(step.value.utf8.count / 2) bytes" : "\(step.value.count) characters"
    if step.isPrivate, !isRevealed, !step.value.hasPrefix("failed: ") {
      return "  \(name)  ~\(step.name)~ (\(what))"
    }
    return "  \(name)  \(step.value)" + (step.isBytes ? " (\(what))" : "")
  }

  private func describe(_ request: VendorRequest, masked: VendorRequest?) -> [String] {
    guard let request = isRevealed ? request : masked else {
      return ["  hidden: its secrets cannot be masked; use --reveal to print it"]
    }
    var lines = ["  \(request.method) \(request.endpoint ?? "\(origin)")\(request.target)"]
    lines += request.headers.map { "  \($0.name): \($0.value)" }
    guard !request.body.isEmpty else { return lines }
    let body = Charset.displayed(request.body).replacing("\r\n", with: "\n")
    lines.append("")
    lines += body.split(separator: "\n", omittingEmptySubsequences: false).map { $0.isEmpty ? "" : "  " + $0 }
    if lines.last == "" { lines.removeLast() }
    return lines
  }

  private func describe(_ outcome: RequestPreview.Outcome) -> [String] {
    switch outcome {
    case .parameters(let parameters):
      return ["  parameters  " + String(decoding: parameters.parameters.bytes, as: UTF8.self)]
    case .number(let number):
      return [
        "  number       " + (isRevealed ? number.phoneNumber.text : number.phoneNumber.masked),
        number.carrier.map { "  carrier      \($0.rawValue)" },
        number.vendorTransaction.map { "  transaction  \($0)" }, "  billed       \(number.billed.rawValue)",
      ].compactMap { $0 }
    case .verdict(let verdict):
      return [
        "  verdict      \(verdict.verdict.rawValue)",
        verdict.vendorTransaction.map { "  transaction  \($0)" }, "  billed       \(verdict.billed.rawValue)",
      ].compactMap { $0 }
    case .credential(let credential): return describe(credential)
    case .signature(let signature):
      return ["  sign  " + (isRevealed ? signature.sign.revealed : "~\(signature.sign.revealed.count) characters~")]
    }
  }

  private func describe(_ credential: FetchedCredential) -> [String] {
    [
      "  value  " + (isRevealed ? credential.value.revealed : "~\(credential.value.revealed.count) characters~"),
      "  life   \(credential.life.components.seconds) s"
        + (credential.life == FetchedCredential.maximumLife
          ? ", the longest that is used; if the vendor returns milliseconds, write life: {milliseconds: …}" : ""),
    ]
  }

  private func describe(_ failure: Failure) -> [String] {
    [
      "  failure  \(failure.reason.rawValue): \(failure.reason.title)",
      failure.vendor.map { "  vendor   \($0.code) \($0.message ?? "")" }, failure.detail.map { "  detail   \($0)" },
      failure.hint.map { "  hint     \($0)" }, "  advice   \(failure.advice.rawValue)",
      "  billed   \(failure.billed.rawValue)",
    ].compactMap { $0 }
  }
}

extension DeclarativeDescription {
  fileprivate func credentials(for subject: DryRun.Subject) -> [String] {
    switch subject {
    case .prepare: credentials(neededAt: .prepare)
    case .sign: credentials(neededAt: .sign)
    case .login: credentials(neededAt: .login)
    case .verify: credentials(neededAt: .verify)
    case .credential(let name): credentials(neededFor: name)
    }
  }
}
