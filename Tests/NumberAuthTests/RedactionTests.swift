import NumberAuth
import Testing

@Suite("Redaction") struct RedactionTests {
  @Test(
    "Phone numbers are removed from a vendor's message",
    arguments: [
      ("号码13800000000不存在", "号码***不存在"), ("+8613800000000", "+***"), ("code 103000", "code 103000"),
      ("20240102030405678", "20240102030405678"), ("1234567890", "1234567890"), ("", ""),
      ("138-0000-0000 is 138 0000 0000!", "*** is ***!"), ("a 138-0000-0000 b", "a *** b"),
      ("-10011 - -10012", "-10011 - -10012"),
    ])
  func text(words: String, expected: String) {
    #expect(Redaction.text(words) == expected)
  }

  @Test(
    "A secret is removed from messages and codes, also if the text was truncated within it",
    arguments: [
      ("token STsid0123456789abcdef refused", "token *** refused", "token *** refused"),
      ("STsid0123456789abcdef", "***", "***"), ("ERR-STsid0123456789abc…", "ERR-***…", "ERR-***…"),
      ("STsid0123…", "***…", "***…"), ("STsid01…", "***…", "STsid01…"), ("STs…", "STs…", "STs…"),
      ("STsid0123", "STsid0123", "STsid0123"), ("…", "…", "…"),
      ("isv.TOKEN_INVALID", "isv.TOKEN_INVALID", "isv.TOKEN_INVALID"),
    ])
  func secret(text: String, words: String, code: String) {
    #expect(Redaction.text(text, without: "STsid0123456789abcdef") == words)
    #expect(Redaction.code(text, without: "STsid0123456789abcdef") == code)
  }

  @Test("A code that contains a short secret, such as a carrier's name, is unchanged")
  func shortSecret() {
    #expect(Redaction.code("CMCC_ERROR", without: "CMCC") == "CMCC_ERROR")
    #expect(Redaction.text("CMCC error", without: "CMCC") == "*** error")
    #expect(Redaction.text("abc error", without: "abc") == "abc error")
  }

  @Test(
    "Codes are unchanged, but text that is too long for a code is removed",
    arguments: [
      ("103000", "103000"), ("isv.TOKEN_INVALID", "isv.TOKEN_INVALID"), ("-10011", "-10011"), ("13800000000", "***"),
    ])
  func code(code: String, expected: String) {
    #expect(Redaction.code(code) == expected)
  }
}
