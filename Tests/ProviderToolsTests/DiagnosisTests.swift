import Networking
import NumberAuth
import Testing

@testable import ProviderTools

@Suite("The diagnosis of an account")
struct DiagnosisTests {
  @Test("A vendor that refuses the token accepts the account", arguments: DiagnosisTests.aboutTokens)
  func well(_ reason: FailureReason) {
    #expect(Diagnosis(on: reason).mark == .passed)
    #expect(Diagnosis(on: reason).advice == nil)
  }

  private static let aboutTokens: [FailureReason] = [
    .tokenExpired, .tokenMalformed, .tokenNotPermitted, .clientFingerprintMismatch, .numberNotAcquired,
  ]

  @Test(
    "A failure that the operator must fix is an error with specific advice",
    arguments: [
      (FailureReason.signatureRejected, "signs"), (.appUnknown, "id"), (.ipNotAllowed, "NAT"),
      (.notEntitled, "enable this capability"), (.entitlementExpired, "renew"), (.quotaExhausted, "balance"),
      (.encryptionRejected, "encrypt"), (.clockRejected, "NTP"), (.pageNotRegistered, "page"),
      (.misconfigured, "settings"), (.requestRejected, "parameter"), (.vendorProtocolError, "proxy"),
      (.vendorTimeout, "timeout"), (.vendorUnreachable, "firewall"), (.internal, "defect"),
    ])
  func wrong(_ reason: FailureReason, _ word: String) throws {
    #expect(Diagnosis(on: reason).mark == .failed)
    #expect(try #require(Diagnosis(on: reason).advice).contains(word))
  }

  @Test("Every failure with the fault operator is an error, and every warning and error has advice")
  func every() throws {
    for reason in FailureReason.allCases {
      let diagnosis = Diagnosis(on: reason)
      if reason.fault == .operator { #expect(diagnosis.mark == .failed, "\(reason)") }
      #expect((diagnosis.advice == nil) == (diagnosis.mark == .passed), "\(reason)")
      #expect(diagnosis.advice?.hasSuffix(".") ?? true, "\(reason)")
    }
    #expect(FailureReason.allCases.filter { Diagnosis(on: $0).mark == .passed }.count == Self.aboutTokens.count)
    #expect(Diagnosis(on: .unmapped).mark == .warning)
    #expect(try #require(Diagnosis(on: .unmapped).advice).contains("entry"))
  }

  @Test("Each connection error has its own advice")
  func connectionErrors() throws {
    let advice = ConnectionFailure.allCases.map { Diagnosis(on: $0).advice } + [Diagnosis(on: nil).advice]
    #expect(Set(advice.compactMap(\.self)).count == ConnectionFailure.allCases.count + 1)
    #expect(ConnectionFailure.allCases.allSatisfy { Diagnosis(on: $0).mark == .failed })
    #expect(try #require(Diagnosis(on: .certificateNotTrusted).advice).contains("server.vendors.authorities"))
    #expect(try #require(Diagnosis(on: .certificateOutOfDate).advice).contains("clock"))
  }
}
