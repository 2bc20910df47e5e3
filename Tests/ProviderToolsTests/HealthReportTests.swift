import JSON
import Testing

@testable import ProviderTools

@Suite("The doctor's report")
struct HealthReportTests {
  private func health(_ findings: [CheckResult]) -> AccountHealth {
    AccountHealth(account: "shop", provider: "vendor", origin: "https://api.example.com", findings: findings)
  }

  @Test("Findings stand in columns, their advice below, nothing wider than a terminal")
  func lines() {
    let lines = HealthReport.lines(
      health([
        CheckResult(.well, "keys", "a key"),
        CheckResult(
          .wrong, "login h5", "the vendor refused our signature (103101 签名错误)",
          advice: "Compare the key that signs with the vendor's console, and see that it is this app's and no other's."),
      ]))
    #expect(
      lines == [
        "shop (vendor, https://api.example.com)",
        "  ok  keys      a key",
        "  !!  login h5  the vendor refused our signature (103101 签名错误)",
        "                -> Compare the key that signs with the vendor's console, and see that it is this",
        "                   app's and no other's.",
      ])
  }

  @Test("A Chinese character takes two columns, and a long word stays whole")
  func widths() {
    let words = Array(repeating: "验签失败", count: 20).joined(separator: " ")
    let lines = HealthReport.lines(health([CheckResult(.well, "x", words + " " + String(repeating: "f", count: 120))]))
    #expect(lines[1] == "  ok  x  " + Array(repeating: "验签失败", count: 10).joined(separator: " "))
    #expect(lines.last == "         " + String(repeating: "f", count: 120))
  }

  @Test("A vendor's words cannot steer the terminal")
  func controls() {
    let lines = HealthReport.lines(health([CheckResult(.well, "x", "a\u{1b}[2Jb\nc\u{202e}d\u{9b}e")]))
    #expect(lines == ["shop (vendor, https://api.example.com)", "  ok  x  a [2Jb c d e"])
  }

  @Test("One wrong finding makes an account unwell, openQuestions do not")
  func summary() {
    let doubtful = health([CheckResult(.doubtful, "x", "y")])
    let wrong = health([CheckResult(.well, "x", "y"), CheckResult(.wrong, "x", "y")])
    #expect(doubtful.isWell && !wrong.isWell)
    #expect(HealthReport.summary([doubtful]) == "1 account: 1 well, 0 not")
    #expect(HealthReport.summary([doubtful, wrong, wrong]) == "3 accounts: 1 well, 2 not")
  }

  @Test("A program reads the same as JSON")
  func json() throws {
    let all = [health([CheckResult(.wrong, "x", "\"y\"", advice: "z"), CheckResult(.well, "x", "y")])]
    #expect(
      String(decoding: HealthReport.json(all).bytes, as: UTF8.self)
        == #"[{"account":"shop","provider":"vendor","endpoint":"https://api.example.com","well":false,"findings":"#
        + #"[{"mark":"!!","topic":"x","text":"\"y\"","advice":"z"},{"mark":"ok","topic":"x","text":"y"}]}]"#)
  }
}
