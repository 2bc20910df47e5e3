import JSON
import NumberAuth
import Testing

@Suite("FailureReason")
struct FailureReasonTests {
  @Test("implies what the design's table says", arguments: fixtures("reasons.json").map { $0["reason"]?.string ?? "" })
  func table(_ name: String) throws {
    let row = try #require(fixtures("reasons.json").first { $0["reason"]?.string == name })
    let reason = try #require(FailureReason(rawValue: name))
    #expect(reason.fault.rawValue == row["fault"]?.string)
    #expect(reason.advice.rawValue == row["advice"]?.string)
    #expect(reason.status == row["status"]?.int)
  }

  @Test("has no case that the design does not know")
  func closed() {
    #expect(FailureReason.allCases.map(\.rawValue) == fixtures("reasons.json").compactMap { $0["reason"]?.string })
  }

  @Test("has a title of its own in English and in Chinese", arguments: FailureReason.allCases)
  func titles(_ reason: FailureReason) {
    #expect(FailureReason.allCases.count(where: { $0.title == reason.title }) == 1)
    #expect(FailureReason.allCases.count(where: { $0.titleChinese == reason.titleChinese }) == 1)
    #expect(reason.title.hasSuffix(".") && reason.title.utf8.allSatisfy { $0 < 0x80 })
    #expect(reason.titleChinese.hasSuffix("。"))
  }

  @Test("is a metric's label: lower-case words with dashes", arguments: FailureReason.allCases)
  func labels(_ reason: FailureReason) {
    #expect(reason.rawValue.utf8.allSatisfy { (0x61...0x7a).contains($0) || $0 == UInt8(ascii: "-") })
  }

  @Test("of a failure gives way to the row's own advice only")
  func advice() {
    var failure = Failure(.notEntitled, stage: .login)
    #expect(failure.advice == .contactVendor && failure.fault == .operator)
    failure.adviceOverride = .fixConfiguration
    #expect(failure.advice == .fixConfiguration && failure.fault == .operator)
  }

  @Test("of the gateway's own failures was never sent and is not billed")
  func gateway() {
    let failure = Failure.gateway(.overloaded, "detail")
    #expect(failure == Failure(.overloaded, stage: .gateway, detail: "detail", billed: .no, delivery: .notSent))
  }
}
