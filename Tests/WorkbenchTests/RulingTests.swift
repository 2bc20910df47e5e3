import Networking
import NumberAuth
import Testing

@testable import Workbench

@Suite("What a void token's answer says of an account")
struct RulingTests {
  @Test("The vendor's verdict on the token is good news", arguments: RulingTests.aboutTokens)
  func well(_ reason: FailureReason) {
    #expect(Ruling(on: reason).mark == .well)
    #expect(Ruling(on: reason).advice == nil)
  }

  private static let aboutTokens: [FailureReason] = [
    .tokenExpired, .tokenMalformed, .tokenNotPermitted, .clientFingerprintMismatch, .numberNotAcquired,
  ]

  @Test(
    "What an operator must mend is wrong and comes with its own advice",
    arguments: [
      (FailureReason.signatureRejected, "signs"), (.appUnknown, "id"), (.ipNotAllowed, "NAT"),
      (.notEntitled, "open this capability"), (.entitlementExpired, "renew"), (.quotaExhausted, "balance"),
      (.encryptionRejected, "encrypt"), (.clockRejected, "NTP"), (.pageNotRegistered, "page"),
      (.misconfigured, "settings"), (.requestRejected, "parameter"), (.vendorProtocolError, "proxy"),
      (.vendorTimeout, "timeout"), (.vendorUnreachable, "firewall"), (.internal, "defect"),
    ])
  func wrong(_ reason: FailureReason, _ word: String) throws {
    #expect(Ruling(on: reason).mark == .wrong)
    #expect(try #require(Ruling(on: reason).advice).contains(word))
  }

  @Test("Everything an operator or contract is at fault for is wrong; everything not well says what to do")
  func every() throws {
    for reason in FailureReason.allCases {
      let ruling = Ruling(on: reason)
      if reason.fault == .operator { #expect(ruling.mark == .wrong, "\(reason)") }
      #expect((ruling.advice == nil) == (ruling.mark == .well), "\(reason)")
      #expect(ruling.advice?.hasSuffix(".") ?? true, "\(reason)")
    }
    #expect(FailureReason.allCases.filter { Ruling(on: $0).mark == .well }.count == Self.aboutTokens.count)
    #expect(Ruling(on: .unmapped).mark == .doubtful)
    #expect(try #require(Ruling(on: .unmapped).advice).contains("row"))
  }

  @Test("Each obstacle to a connection has its own advice")
  func obstacles() throws {
    let advice = ConnectionObstacle.allCases.map { Ruling(on: $0).advice } + [Ruling(on: nil).advice]
    #expect(Set(advice.compactMap(\.self)).count == ConnectionObstacle.allCases.count + 1)
    #expect(ConnectionObstacle.allCases.allSatisfy { Ruling(on: $0).mark == .wrong })
    #expect(try #require(Ruling(on: .certificateNotTrusted).advice).contains("server.vendors.authorities"))
    #expect(try #require(Ruling(on: .certificateOutOfDate).advice).contains("clock"))
  }
}
