import NumberAuth
import Testing

@testable import ProviderTools

@Suite("The vendor's clock")
struct ClockTests {
  @Test(
    "An HTTP date is read as seconds since 1970",
    arguments: [
      ("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_777), ("Thu, 01 Jan 1970 00:00:00 GMT", 0),
      ("Wed, 31 Dec 1969 23:59:59 GMT", -1), ("Tue, 29 Feb 2000 12:00:00 GMT", 951_825_600),
      ("Thu, 29 Feb 2024 23:59:59 GMT", 1_709_251_199), ("Fri, 01 Mar 2024 00:00:00 GMT", 1_709_251_200),
      ("Mon, 01 Mar 2100 00:00:00 GMT", 4_107_542_400), ("Fri, 31 Dec 9999 23:59:59 GMT", 253_402_300_799),
      ("Sat, 31 Dec 2016 23:59:60 GMT", 1_483_228_800),
    ])
  func dates(_ text: String, _ seconds: Int64) throws {
    #expect(try #require(WallTime(httpDate: text)).milliseconds == seconds * 1000)
  }

  @Test(
    "Other texts are not dates",
    arguments: [
      "", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994", "Sun, 06 Nov 1994 08:49:37 UTC",
      "Sun, 06 Nov 1994 08:49:37 GMT ", " Sun, 06 Nov 1994 08:49:37 GMT", "Sun, 6 Nov 1994 08:49:37 GMT",
      "sun, 06 Nov 1994 08:49:37 GMT", "Sun, 06 nov 1994 08:49:37 GMT", "Mon, 06 Nov 1994 08:49:37 GMT",
      "Sun, 00 Nov 1994 08:49:37 GMT", "Thu, 31 Nov 1994 08:49:37 GMT", "Mon, 29 Feb 2100 00:00:00 GMT",
      "Wed, 29 Feb 2023 00:00:00 GMT", "Sun, 06 Nov 1994 24:00:00 GMT", "Sun, 06 Nov 1994 08:60:37 GMT",
      "Sun, 06 Nov 1994 08:49:61 GMT", "Sun, +6 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 19９4 08:49:37 GMT",
      "Sun; 06 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994T08:49:37 GMT", "Sun, 06 Nov 1994 08.49.37 GMT",
    ])
  func noDates(_ text: String) { #expect(WallTime(httpDate: text) == nil) }

  private func reading(sent: Int64, received: Int64, date: Int64) -> ClockReading {
    ClockReading(
      sentAt: WallTime(milliseconds: sent), receivedAt: WallTime(milliseconds: received),
      date: WallTime(milliseconds: date))
  }

  @Test("The Date of the response may be from any moment of the round trip: only the excess counts")
  func difference() {
    #expect(reading(sent: 10_000, received: 10_100, date: 10_000).difference == 0)
    #expect(reading(sent: 10_990, received: 11_010, date: 10_000).difference == 0)
    #expect(reading(sent: 10_990, received: 11_010, date: 11_000).difference == 0)
    #expect(reading(sent: 9_000, received: 13_000, date: 12_000).difference == 0)
    #expect(reading(sent: 20_000, received: 20_100, date: 10_000).difference == 9.001)
    #expect(reading(sent: 10_000, received: 10_100, date: 20_000).difference == -9.9)
  }

  @Test(
    "A difference up to 1 s is a match, up to 5 s OK, up to 60 s a warning, and more an error",
    arguments: [
      (0, CheckResult.Mark.passed, "matches"), (1_999, .passed, "matches"), (2_200, .passed, "1.2 s ahead of"),
      (5_999, .passed, "5.0 s ahead of"), (6_100, .warning, "5.1 s ahead of"), (60_999, .warning, "60.0 s ahead of"),
      (61_100, .failed, "60.1 s ahead of"), (-1_000, .passed, "matches"), (-4_000, .passed, "4.0 s behind"),
      (-6_000, .warning, "6.0 s behind"), (-61_000, .failed, "61.0 s behind"),
    ])
  func results(_ shift: Int64, _ mark: CheckResult.Mark, _ text: String) {
    let result = reading(sent: 100_000 + shift, received: 100_000 + shift, date: 100_000).result
    #expect(result.mark == mark)
    #expect(result.text.hasPrefix(text), "\(result.text)")
    #expect((result.advice == nil) == (mark == .passed))
    if mark == .failed { #expect(result.advice?.contains("NTP") == true) }
  }
}
