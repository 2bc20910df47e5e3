import NumberAuth
import Testing

@testable import Gateway

@Suite("Sessions") struct SessionsTests {
  private let sessions = Sessions(key: Array("0123456789abcdef0123456789abcdef".utf8))
  private let issued = WallTime(milliseconds: 1_700_000_000_000)

  private var session: Session {
    Session(
      appId: "shop", account: "mobile-h5", channel: .h5, operation: .login, traceId: "abc", issuedAt: issued,
      expiresAt: issued.advanced(by: .seconds(600)))
  }

  @Test("come back as they were issued") func roundTrip() throws {
    #expect(try sessions.read(sessions.issue(session), appId: "shop", now: issued) == session)
  }

  @Test("end at their time, not before") func expire() throws {
    let text = sessions.issue(session)
    _ = try sessions.read(text, appId: "shop", now: issued.advanced(by: .milliseconds(599_999)))
    #expect(throws: Failure.gateway(.sessionInvalid, "The session has expired.")) {
      try sessions.read(text, appId: "shop", now: issued.advanced(by: .seconds(600)))
    }
  }

  @Test("are refused for another app") func otherApp() {
    #expect(throws: Failure.self) { try sessions.read(sessions.issue(session), appId: "forum", now: issued) }
  }

  @Test("are refused when signed with another key") func otherKey() {
    let other = Sessions(key: Array("another key of thirty-two bytes!".utf8))
    #expect(throws: Failure.self) { try sessions.read(other.issue(session), appId: "shop", now: issued) }
  }

  @Test("are refused after a change of any one character") func forged() {
    let text = Array(sessions.issue(session).utf8)
    for index in text.indices {
      var changed = text
      changed[index] = changed[index] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
      let forged = String(decoding: changed, as: UTF8.self)
      #expect(throws: Failure.self, "character \(index)") {
        try sessions.read(forged, appId: "shop", now: issued)
      }
    }
  }

  @Test(
    "are refused when they are anything else", arguments: ["", ".", "a.b", "....", String(repeating: "A", count: 2000)])
  func nonsense(text: String) {
    #expect(throws: Failure.self) { try sessions.read(text, appId: "shop", now: issued) }
  }
}
