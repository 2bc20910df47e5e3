import JSON
import Testing

@testable import ProviderTools

@Suite("The doctor's report")
struct HealthReportTests {
  private func health(_ results: [CheckResult]) -> AccountHealth {
    AccountHealth(account: "shop", provider: "vendor", origin: "https://api.example.com", results: results)
  }

  @Test("Results are printed in columns with their advice below, within the terminal width")
  func lines() {
    let lines = HealthReport.lines(
      health([
        CheckResult(.passed, "keys", "a key"),
        CheckResult(
          .failed, "login h5", "the vendor rejected the signature (103101 签名错误)",
          advice: "Compare the key that signs with the vendor's console, and see that it is this app's and no other's."),
      ]))
    #expect(
      lines == [
        "shop (vendor, https://api.example.com)",
        "  ok  keys      a key",
        "  !!  login h5  the vendor rejected the signature (103101 签名错误)",
        "                -> Compare the key that signs with the vendor's console, and see that it is this",
        "                   app's and no other's.",
      ])
  }

  @Test("A Chinese character has two columns, and a long word is not split")
  func widths() {
    let text = Array(repeating: "验签失败", count: 20).joined(separator: " ")
    let lines = HealthReport.lines(health([CheckResult(.passed, "x", text + " " + String(repeating: "f", count: 120))]))
    #expect(lines[1] == "  ok  x  " + Array(repeating: "验签失败", count: 10).joined(separator: " "))
    #expect(lines.last == "         " + String(repeating: "f", count: 120))
  }

  @Test("A vendor's message cannot control the terminal")
  func controls() {
    let lines = HealthReport.lines(health([CheckResult(.passed, "x", "a\u{1b}[2Jb\nc\u{202e}d\u{9b}e")]))
    #expect(lines == ["shop (vendor, https://api.example.com)", "  ok  x  a [2Jb c d e"])
  }

  @Test("One error makes an account fail, warnings do not")
  func summary() {
    let doubtful = health([CheckResult(.warning, "x", "y")])
    let wrong = health([CheckResult(.passed, "x", "y"), CheckResult(.failed, "x", "y")])
    #expect(doubtful.isOK && !wrong.isOK)
    #expect(HealthReport.summary([doubtful]) == "1 account: 1 OK, 0 failed")
    #expect(HealthReport.summary([doubtful, wrong, wrong]) == "3 accounts: 1 OK, 2 failed")
  }

  @Test("The JSON report contains the same results")
  func json() throws {
    let all = [health([CheckResult(.failed, "x", "\"y\"", advice: "z"), CheckResult(.passed, "x", "y")])]
    #expect(
      String(decoding: HealthReport.json(all).bytes, as: UTF8.self)
        == #"[{"account":"shop","provider":"vendor","endpoint":"https://api.example.com","well":false,"findings":"#
        + #"[{"mark":"!!","topic":"x","text":"\"y\"","advice":"z"},{"mark":"ok","topic":"x","text":"y"}]}]"#)
  }
}
