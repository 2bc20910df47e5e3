import Configuration
import NumberAuth
import Schema

/// What a call says that no vendor can take for a user's.
enum VoidCall {
  /// China Mobile's app tokens begin with STsid: a vendor that looks at the form first gets to see the rest too.
  static let token = "STsid-numgate-doctor-void-token-000000"
  private static let number = "13800000000"
  private static let text = "numgate-doctor-void"

  static func prepare(_ operation: Operation, on channel: Channel, _ account: Account) -> PrepareClient {
    PrepareClient(operation: operation, channel: channel, extras: extras(account))
  }

  static func login(on channel: Channel, _ account: Account) -> Login {
    Login(channel: channel, token: Secret(token), userInformation: text, extras: extras(account))
  }

  static func verify(on channel: Channel, _ account: Account) -> Verify? {
    PhoneNumber(number).map {
      Verify(
        channel: channel, token: Secret(token), phoneNumber: $0, userInformation: text, extras: extras(account))
    }
  }

  /// The user's address stands in no network (RFC 5737).
  private static func extras(_ account: Account) -> CallExtras {
    var inputs: [String: Secret] = [:]
    for field in account.file.inputs where field.isRequired { inputs[field.name] = Secret(value(of: field)) }
    return CallExtras(clientIP: "192.0.2.1", inputs: inputs)
  }

  /// The first of a few texts that the declaration allows.
  private static func value(of field: DeclaredField) -> String {
    let texts = (field.choices ?? []) + [text, "0", "https://invalid.invalid/"]
    return texts.first { field.expectation(unmetBy: $0) == nil } ?? text
  }

  /// A vendor's words without what it was sent, what the account keeps secret, and anybody's number.
  static func words(_ words: String, _ account: Account) -> String {
    let secrets = account.file.accountFields.filter { $0.isSecret }.compactMap { account.settings.optional($0.name) }
    // One may stand inside another.
    let hidden = ([token] + secrets.map(\.revealed)).filter { $0.utf8.count >= 4 }
      .sorted { $0.utf8.count > $1.utf8.count }
    return Redaction.text(hidden.reduce(words) { $0.replacing($1, with: "***") })
  }
}
