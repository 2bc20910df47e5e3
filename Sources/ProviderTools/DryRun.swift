public import Configuration
import Cryptography
import Declarative
import JSON
public import Networking
public import NumberAuth

/// Performs one call of a provider without sending it. The result is text: the value of each step, the request, and the
/// result of reading a given response.
public struct DryRun: Sendable {
  /// The operation of the call.
  public enum Subject: String, Sendable, CaseIterable {
    case prepare, login, verify
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
    guard subject == .prepare ? !served.isEmpty : served.contains(where: { $0.rawValue == subject.rawValue }) else {
      throw Fault(message: "'\(file.name)' does not support \(subject.rawValue) on \(channel.rawValue)")
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
    let preview: RequestPreview
    do throws(RequestPreviewFault) {
      preview = try call.preview(description, settings, context)
    } catch {
      throw fault(error, subject)
    }
    var lines = [
      "\(file.name), \(subject.rawValue) on \(channel.rawValue), at \(context.now.iso8601), nonce \(context.nonce)", "",
    ]
    lines += ["steps"] + describe(preview.steps) + [""]
    lines += ["request"] + describe(preview)
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
      Fault(message: "'\(file.name)' sends no request for '\(subject.rawValue)'")
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

  private func describe(_ preview: RequestPreview) -> [String] {
    guard let request = isRevealed ? preview.request : preview.maskedRequest else {
      return ["  hidden: its secrets cannot be masked; use --reveal to print it"]
    }
    var lines = ["  \(request.method) \(origin)\(request.target)"]
    lines += request.headers.map { "  \($0.name): \($0.value)" }
    if !request.body.isEmpty { lines += ["", "  " + String(decoding: request.body, as: UTF8.self)] }
    return lines
  }

  private func describe(_ outcome: RequestPreview.Outcome) -> [String] {
    switch outcome {
    case .parameters(let parameters):
      return ["  parameters  " + String(decoding: parameters.parameters.bytes, as: UTF8.self)]
    case .number(let number):
      return [
        "  number       " + (isRevealed ? number.phoneNumber.digits : number.phoneNumber.masked),
        number.carrier.map { "  carrier      \($0.rawValue)" },
        number.vendorTransaction.map { "  transaction  \($0)" }, "  billed       \(number.billed.rawValue)",
      ].compactMap { $0 }
    case .verdict(let verdict):
      return [
        "  verdict      \(verdict.verdict.rawValue)",
        verdict.vendorTransaction.map { "  transaction  \($0)" }, "  billed       \(verdict.billed.rawValue)",
      ].compactMap { $0 }
    }
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

/// A call composed of `name=value` pairs.
private struct DryRunCall {
  enum Call {
    case prepare(PrepareClient)
    case login(Login)
    case verify(Verify)
  }

  let call: Call

  private static let common = ["token", "phoneNumber", "carrier", "userInformation", "clientIp", "pageUrl"]

  init(
    _ subject: DryRun.Subject, _ channel: Channel, _ inputs: [(name: String, value: String)], _ file: ProviderFile
  ) throws(DryRun.Fault) {
    var common: [String: String] = [:]
    var extra: [String: Secret] = [:]
    for (name, value) in inputs {
      if Self.common.contains(name) {
        common[name] = value
      } else if file.inputs.contains(where: { $0.name == name }) {
        extra[name] = Secret(value)
      } else {
        throw DryRun.Fault(
          message: "there is no input '\(name)'; known: "
            + (Self.common + file.inputs.map(\.name)).joined(separator: ", "))
      }
    }
    let extras = CallExtras(clientIP: common["clientIp"], inputs: extra)
    var carrier: Carrier?
    if let text = common["carrier"] {
      guard let known = Carrier(rawValue: text) else { throw DryRun.Fault(message: "'carrier' must be YD, CT or CU") }
      carrier = known
    }
    guard subject != .prepare else {
      call = .prepare(
        PrepareClient(operation: .login, channel: channel, pageURL: common["pageUrl"], extras: extras))
      return
    }
    guard let token = common["token"], !token.isEmpty else {
      throw DryRun.Fault(message: "'--input token=…' is missing")
    }
    guard subject == .verify else {
      call = .login(
        Login(
          channel: channel, token: Secret(token), userInformation: common["userInformation"], carrier: carrier,
          extras: extras))
      return
    }
    guard let number = common["phoneNumber"].flatMap(PhoneNumber.init) else {
      throw DryRun.Fault(message: "'--input phoneNumber=…' must be a mainland mobile number")
    }
    call = .verify(
      Verify(
        channel: channel, token: Secret(token), phoneNumber: number, userInformation: common["userInformation"],
        carrier: carrier, extras: extras))
  }

  func preview(
    _ description: DeclarativeDescription, _ settings: AccountSettings, _ context: CallContext
  ) throws(RequestPreviewFault) -> RequestPreview {
    switch call {
    case .prepare(let call): try description.preview(call, settings, context)
    case .login(let call): try description.preview(call, settings, context)
    case .verify(let call): try description.preview(call, settings, context)
    }
  }
}
