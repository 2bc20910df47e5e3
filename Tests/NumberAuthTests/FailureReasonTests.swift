import JSON
import NumberAuth
import Testing

@Suite("Failure reasons")
struct FailureReasonTests {
  @Test(
    "Fault, advice and status conform to the specification",
    arguments: fixtures("reasons.json").map { $0["reason"]?.string ?? "" })
  func table(_ name: String) throws {
    let row = try #require(fixtures("reasons.json").first { $0["reason"]?.string == name })
    let reason = try #require(FailureReason(rawValue: name))
    #expect(reason.fault.rawValue == row["fault"]?.string)
    #expect(reason.advice.rawValue == row["advice"]?.string)
    #expect(reason.status == row["status"]?.int)
  }

  @Test("The list of reasons is complete")
  func closed() {
    #expect(FailureReason.allCases.map(\.rawValue) == fixtures("reasons.json").compactMap { $0["reason"]?.string })
  }

  @Test("Every reason has a unique title in English and in Chinese", arguments: FailureReason.allCases)
  func titles(_ reason: FailureReason) {
    #expect(FailureReason.allCases.count(where: { $0.title == reason.title }) == 1)
    #expect(FailureReason.allCases.count(where: { $0.titleChinese == reason.titleChinese }) == 1)
    #expect(reason.title.hasSuffix(".") && reason.title.utf8.allSatisfy { $0 < 0x80 })
    #expect(reason.titleChinese.hasSuffix("。"))
  }

  @Test("Every reason is a valid label value: lower-case words with dashes", arguments: FailureReason.allCases)
  func labels(_ reason: FailureReason) {
    #expect(reason.rawValue.utf8.allSatisfy { (0x61...0x7a).contains($0) || $0 == UInt8(ascii: "-") })
  }

  @Test("An entry can override the advice of a reason, but not its fault")
  func advice() {
    var failure = Failure(.notEntitled, stage: .login)
    #expect(failure.advice == .contactVendor && failure.fault == .operator)
    failure.adviceOverride = .fixConfiguration
    #expect(failure.advice == .fixConfiguration && failure.fault == .operator)
  }

  @Test("A failure of the gateway itself was not sent and is not billed")
  func gateway() {
    let failure = Failure.gateway(.overloaded, "detail")
    #expect(failure == Failure(.overloaded, stage: .gateway, detail: "detail", billed: .no, delivery: .notSent))
  }
}
