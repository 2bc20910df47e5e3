import NumberAuth
import Testing

@testable import Gateway

@Suite("Sessions") struct SessionsTests {
  private let sessions = Sessions(keys: [Array("0123456789abcdef0123456789abcdef".utf8)])
  private let issued = WallTime(milliseconds: 1_700_000_000_000)

  private var session: Session {
    Session(
      appId: "shop", account: "mobile-h5", provider: "china-mobile-h5", channel: .h5, operation: .login, traceId: "abc",
      issuedAt: issued,
      expiresAt: issued.advanced(by: .seconds(600)))
  }

  @Test("have the same content after issuing and reading") func roundTrip() throws {
    #expect(try sessions.read(sessions.issue(session), appId: "shop", now: issued) == session)
  }

  @Test("expire at the given time, not earlier") func expire() throws {
    let text = sessions.issue(session)
    _ = try sessions.read(text, appId: "shop", now: issued.advanced(by: .milliseconds(599_999)))
    #expect(throws: Failure.gateway(.sessionInvalid, "The session has expired.")) {
      try sessions.read(text, appId: "shop", now: issued.advanced(by: .seconds(600)))
    }
  }

  @Test("are refused for another app") func otherApp() {
    #expect(throws: Failure.self) { try sessions.read(sessions.issue(session), appId: "forum", now: issued) }
  }

  @Test("are refused if signed with another key") func otherKey() {
    let other = Sessions(keys: [Array("another key of thirty-two bytes!".utf8)])
    #expect(throws: Failure.self) { try sessions.read(other.issue(session), appId: "shop", now: issued) }
  }

  @Test("are refused if any character is changed") func forged() {
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
    "are refused if they have another form", arguments: ["", ".", "a.b", "....", String(repeating: "A", count: 2000)])
  func nonsense(text: String) {
    #expect(throws: Failure.self) { try sessions.read(text, appId: "shop", now: issued) }
  }

  /// Computed with Python's `hmac` and `base64`.
  @Test("have a fixed form, so that gateways of different versions are compatible") func form() throws {
    #expect(
      sessions.issue(session)
        == "MnxzaG9wfG1vYmlsZS1oNXxoNXxsb2dpbnxhYmN8MTcwMDAwMDAwMDAwMHwxNzAwMDAwNjAwMDAwfGNo"
        + "aW5hLW1vYmlsZS1oNQ.SbVsCOuxd-3_tDdR35vtNrpFQ4QAUHE1ribFQ5yCw1M")
    let old =
      "MXxzaG9wfG1vYmlsZS1oNXxoNXxsb2dpbnxhYmN8MTcwMDAwMDAwMDAwMHwxNzAwMDAwNjAwMDAw.zIL"
      + "x60zuNUR24bVScWG5gtDj402WRCxSbggg1TZw3yY"
    let read = try sessions.read(old, appId: "shop", now: issued)
    #expect(read.account == "mobile-h5" && read.provider == nil)
  }

  @Test("are signed with the first key and verified with all of them") func rotation() throws {
    let (old, new) = (Array(repeating: UInt8(1), count: 32), Array(repeating: UInt8(2), count: 32))
    let before = Sessions(keys: [old]).issue(session)
    let during = Sessions(keys: [new, old])
    #expect(try during.read(before, appId: "shop", now: issued) == session)
    let after = Sessions(keys: [new])
    #expect(try after.read(during.issue(session), appId: "shop", now: issued) == session)
    #expect(throws: Failure.self) { try after.read(before, appId: "shop", now: issued) }
  }
}
