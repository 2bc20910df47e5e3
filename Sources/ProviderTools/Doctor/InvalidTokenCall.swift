import Configuration
import NumberAuth
import Schema

/// Calls with invalid data that cannot be the data of a user.
enum InvalidTokenCall {
  /// China Mobile's app tokens begin with STsid. With this prefix the token passes a check of the format, so that the
  /// vendor also checks the rest of the request.
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

  /// The user's address is from a documentation range that no network uses (RFC 5737).
  private static func extras(_ account: Account) -> CallExtras {
    var inputs: [String: Secret] = [:]
    for field in account.file.inputs where field.isRequired { inputs[field.name] = Secret(value(of: field)) }
    return CallExtras(clientIP: "192.0.2.1", inputs: inputs)
  }

  /// A value that the declaration allows.
  private static func value(of field: DeclaredField) -> String {
    let texts = (field.choices ?? []) + [text, "0", "https://invalid.invalid/"]
    return texts.first { field.expectation(unmetBy: $0) == nil } ?? text
  }

  /// A vendor's message, with the token, the account's secrets and phone numbers replaced by `***`.
  static func words(_ words: String, _ account: Account) -> String {
    let secrets = account.file.accountFields.filter { $0.isSecret }.compactMap { account.settings.optional($0.name) }
    // Longest first, because one secret may contain another.
    let hidden = ([token] + secrets.map(\.revealed)).filter { $0.utf8.count >= 4 }
      .sorted { $0.utf8.count > $1.utf8.count }
    return Redaction.text(hidden.reduce(words) { $0.replacing($1, with: "***") })
  }
}
