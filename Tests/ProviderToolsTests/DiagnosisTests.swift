import Networking
import NumberAuth
import Testing

@testable import ProviderTools

@Suite("What a void token's answer says of an account")
struct DiagnosisTests {
  @Test("The vendor's verdict on the token is good news", arguments: DiagnosisTests.aboutTokens)
  func well(_ reason: FailureReason) {
    #expect(Diagnosis(on: reason).mark == .well)
    #expect(Diagnosis(on: reason).advice == nil)
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
    #expect(Diagnosis(on: reason).mark == .wrong)
    #expect(try #require(Diagnosis(on: reason).advice).contains(word))
  }

  @Test("Everything an operator or contract is at fault for is wrong; everything not well says what to do")
  func every() throws {
    for reason in FailureReason.allCases {
      let diagnosis = Diagnosis(on: reason)
      if reason.fault == .operator { #expect(diagnosis.mark == .wrong, "\(reason)") }
      #expect((diagnosis.advice == nil) == (diagnosis.mark == .well), "\(reason)")
      #expect(diagnosis.advice?.hasSuffix(".") ?? true, "\(reason)")
    }
    #expect(FailureReason.allCases.filter { Diagnosis(on: $0).mark == .well }.count == Self.aboutTokens.count)
    #expect(Diagnosis(on: .unmapped).mark == .doubtful)
    #expect(try #require(Diagnosis(on: .unmapped).advice).contains("row"))
  }

  @Test("Each unsupportedReason to a connection has its own advice")
  func unsupported() throws {
    let advice = ConnectionObstacle.allCases.map { Diagnosis(on: $0).advice } + [Diagnosis(on: nil).advice]
    #expect(Set(advice.compactMap(\.self)).count == ConnectionObstacle.allCases.count + 1)
    #expect(ConnectionObstacle.allCases.allSatisfy { Diagnosis(on: $0).mark == .wrong })
    #expect(try #require(Diagnosis(on: .certificateNotTrusted).advice).contains("server.vendors.authorities"))
    #expect(try #require(Diagnosis(on: .certificateOutOfDate).advice).contains("clock"))
  }
}
