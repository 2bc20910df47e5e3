import Cryptography
import NumberAuth

/// The content of a session: the account that prepared the front end, the app, and the expiry. The session itself is a
/// signed text, so the gateway stores no sessions.
struct Session: Sendable, Equatable {
  let appId: String
  let account: String
  /// The provider of the account when the session was issued; nil in sessions of version 1. A token must not be sent to
  /// another provider, even if a reload has changed the provider of the account.
  let provider: String?
  let channel: Channel
  let operation: Operation
  /// The id that correlates the front end's and the backend's calls in logs.
  let traceId: String
  let issuedAt: WallTime
  let expiresAt: WallTime
}

/// Signs and reads sessions. Format: Base64url of the fields, a dot, Base64url of the HMAC-SHA256 of the first part.
/// The first key signs; every key verifies.
struct Sessions: Sendable {
  private static let maximumLength = 1024

  private let keys: [HMACKey]

  /// - Parameter keys: at least one.
  init(keys: [[UInt8]]) { self.keys = keys.map { HMACKey(.sha256, key: $0) } }

  func issue(_ session: Session) -> String {
    // Names do not contain '|': the configuration check rejects such names.
    var fields = [
      session.provider == nil ? "1" : "2", session.appId, session.account, session.channel.rawValue,
      session.operation.rawValue, session.traceId, String(session.issuedAt.milliseconds),
      String(session.expiresAt.milliseconds),
    ]
    if let provider = session.provider { fields.append(provider) }
    let payload = Base64.encodeURLSafe(Array(fields.joined(separator: "|").utf8))
    return payload + "." + Base64.encodeURLSafe(keys[0].authenticate(payload))
  }

  /// Throws `sessionInvalid` if the text was not signed with one of the keys, has an unsupported version, has expired,
  /// or belongs to another app.
  func read(_ text: String, appId: String, now: WallTime) throws(Failure) -> Session {
    guard text.utf8.count <= Self.maximumLength, let dot = text.utf8.lastIndex(of: UInt8(ascii: ".")),
      let tag = Base64.decodeURLSafe(String(text[text.index(after: dot)...])),
      keys.contains(where: { constantTimeEqual(tag, $0.authenticate(String(text[..<dot]))) }),
      let payload = Base64.decodeURLSafe(String(text[..<dot]))
    else {
      throw .gateway(.sessionInvalid, "The session was not issued by this gateway, or its key is no longer configured.")
    }
    let fields = String(decoding: payload, as: UTF8.self).split(separator: "|", omittingEmptySubsequences: false)
      .map(String.init)
    guard fields.count == (fields[0] == "1" ? 8 : 9), ["1", "2"].contains(fields[0]),
      let channel = Channel(rawValue: fields[3]), let operation = Operation(rawValue: fields[4]),
      let issued = Int64(fields[6]), let expires = Int64(fields[7])
    else { throw .gateway(.sessionInvalid, "The version of the session is not supported.") }
    guard fields[1] == appId else { throw .gateway(.sessionInvalid, "The session belongs to another app.") }
    guard now.milliseconds < expires else { throw .gateway(.sessionInvalid, "The session has expired.") }
    return Session(
      appId: fields[1], account: fields[2], provider: fields.count == 9 ? fields[8] : nil, channel: channel,
      operation: operation, traceId: fields[5], issuedAt: WallTime(milliseconds: issued),
      expiresAt: WallTime(milliseconds: expires))
  }
}
