import NumberAuth
import Testing

@Suite("Redaction") struct RedactionTests {
  @Test(
    "takes phone numbers out of a vendor's words",
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
    "keeps codes and takes out what is too long to be one",
    arguments: [
      ("103000", "103000"), ("isv.TOKEN_INVALID", "isv.TOKEN_INVALID"), ("-10011", "-10011"), ("13800000000", "***"),
    ])
  func code(code: String, expected: String) {
    #expect(Redaction.code(code) == expected)
  }
}
