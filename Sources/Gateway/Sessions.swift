import Cryptography
import NumberAuth

/// What a session says: which account prepared the front end, for whom and until when. It travels as a signed text;
/// the gateway keeps nothing.
struct Session: Sendable, Equatable {
  let appId: String
  let account: String
  let channel: Channel
  let operation: Operation
  /// The id that ties the front end's and the server's calls together in logs.
  let traceId: String
  let issuedAt: WallTime
  let expiresAt: WallTime
}

/// Signs and reads sessions: Base64url of the fields, a dot, Base64url of their HMAC-SHA256.
struct Sessions: Sendable {
  private static let version = "1"
  private static let longest = 1024

  private let key: HMACKey

  init(key: [UInt8]) { self.key = HMACKey(.sha256, key: key) }

  func issue(_ session: Session) -> String {
    // Names hold no '|': the configuration's check sees to that.
    let fields = [
      Self.version, session.appId, session.account, session.channel.rawValue, session.operation.rawValue,
      session.traceId, String(session.issuedAt.milliseconds), String(session.expiresAt.milliseconds),
    ]
    let payload = Base64.encodeURLSafe(Array(fields.joined(separator: "|").utf8))
    return payload + "." + Base64.encodeURLSafe(key.authenticate(payload))
  }

  /// Throws `sessionInvalid` for a text that was not signed here, has expired, or belongs to another app.
  func read(_ text: String, appId: String, now: WallTime) throws(Failure) -> Session {
    guard text.utf8.count <= Self.longest, let dot = text.utf8.lastIndex(of: UInt8(ascii: ".")),
      let tag = Base64.decodeURLSafe(String(text[text.index(after: dot)...])),
      constantTimeEqual(tag, key.authenticate(String(text[..<dot]))),
      let payload = Base64.decodeURLSafe(String(text[..<dot]))
    else { throw .gateway(.sessionInvalid, "The session was not issued here, or with another key.") }
    let fields = String(decoding: payload, as: UTF8.self).split(separator: "|", omittingEmptySubsequences: false)
      .map(String.init)
    guard fields.count == 8, fields[0] == Self.version, let channel = Channel(rawValue: fields[3]),
      let operation = Operation(rawValue: fields[4]), let issued = Int64(fields[6]), let expires = Int64(fields[7])
    else { throw .gateway(.sessionInvalid, "The session is of another version.") }
    guard fields[1] == appId else { throw .gateway(.sessionInvalid, "The session belongs to another app.") }
    guard now.milliseconds < expires else { throw .gateway(.sessionInvalid, "The session has expired.") }
    return Session(
      appId: fields[1], account: fields[2], channel: channel, operation: operation, traceId: fields[5],
      issuedAt: WallTime(milliseconds: issued), expiresAt: WallTime(milliseconds: expires))
  }
}
