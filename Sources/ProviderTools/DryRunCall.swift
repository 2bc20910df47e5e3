import Configuration
import Declarative
import NumberAuth

/// A call composed of `name=value` pairs.
struct DryRunCall {
  enum Call {
    case prepare(PrepareClient)
    case sign(SignClient)
    case login(Login)
    case verify(Verify)
    case credential(String, Login?)
  }

  let call: Call

  private static let common = ["token", "phoneNumber", "carrier", "userInformation", "clientIp", "pageUrl", "preSign"]

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
    guard subject != .sign else {
      guard let preSign = common["preSign"] else { throw DryRun.Fault(message: "'--input preSign=…' is missing") }
      call = .sign(SignClient(preSign: preSign))
      return
    }
    let login = common["token"].flatMap { token in
      token.isEmpty
        ? nil
        : Login(
          channel: channel, token: Secret(token), userInformation: common["userInformation"], carrier: carrier,
          extras: extras)
    }
    if case .credential(let name) = subject {
      call = .credential(name, login)
      return
    }
    guard let login else {
      throw DryRun.Fault(message: "'--input token=…' is missing")
    }
    guard subject == .verify else {
      call = .login(login)
      return
    }
    guard let number = common["phoneNumber"].flatMap({ PhoneNumber($0, of: file.countries) }) else {
      throw DryRun.Fault(message: "'--input phoneNumber=…' must be a phone number of \(file.countries)")
    }
    call = .verify(
      Verify(
        channel: channel, token: login.token, phoneNumber: number, userInformation: common["userInformation"],
        carrier: carrier, extras: extras))
  }

  func preview(
    _ description: DeclarativeDescription, _ settings: AccountSettings, _ context: CallContext
  ) throws(RequestPreviewFault) -> RequestPreview {
    switch call {
    case .prepare(let call): try description.preview(call, settings, context)
    case .sign(let call): try description.preview(call, settings, context)
    case .login(let call): try description.preview(call, settings, context)
    case .verify(let call): try description.preview(call, settings, context)
    case .credential(let name, let call): try description.preview(credential: name, of: call, settings, context)
    }
  }
}
