import NumberAuth
import Testing

@Suite("Phone numbers")
struct PhoneNumberTests {
  @Test(
    "All notations of a mainland mobile number are accepted",
    arguments: [
      "13800000000", "+8613800000000", "8613800000000", "008613800000000", "138 0000 0000", "138-0000-0000",
      "+86 138 0000 0000", "+86-138-0000-0000", "0086 138 0000 0000", "86-13800000000", " 13800000000 ",
      "1 3 8 0 0 0 0 0 0 0 0", "--13800000000", " +8613800000000",
      "１３８００００００００", "＋８６ １３８００００００００", "138００００0000", "(+86)13800000000", "(+86) 138 0000 0000",
      "（＋86）13800000000", "(86)13800000000", "(0086)13800000000", "( +86 ) 138-0000-0000",
      "138\u{2013}0000\u{2013}0000", "138\u{ff0d}0000\u{ff0d}0000",
    ])
  func reads(_ text: String) { #expect(PhoneNumber(text)?.text == "13800000000") }

  @Test(
    "Invisible characters of copied text are ignored",
    arguments: [
      "\t13800000000", "138\u{a0}0000\u{a0}0000", "\u{200b}13800000000", "138\u{200b}00000000",
      "\u{202a}13800000000\u{202c}", "\u{202b}13800000000", "\u{202d}+8613800000000\u{202c}",
      "13800000000\u{202e}", "\u{feff}13800000000", "\u{200e}13800000000\u{200f}", "\u{2066}13800000000\u{2069}",
      "\u{2060}13800000000", "138\u{3000}00000000", "138\u{ad}0000\u{ad}0000",
    ])
  func invisible(_ text: String) { #expect(PhoneNumber(text)?.text == "13800000000") }

  @Test(
    "Line ends around a number are ignored",
    arguments: ["13800000000\n", "13800000000\r\n", "\n13800000000 \n", "13800000000 \t ", "\r\n 13800000000\n\n"])
  func lineEnds(_ text: String) { #expect(PhoneNumber(text)?.text == "13800000000") }

  @Test(
    "The ranges 13 to 19 are accepted", arguments: ["13000000000", "14900000000", "17000000000", "19999999999"])
  func ranges(_ text: String) { #expect(PhoneNumber(text)?.text == text) }

  @Test(
    "Numbers that begin with 1 but are not mobile numbers are rejected",
    arguments: [
      "12345678901", "10648123456", "10000000000", "11000000000", "+8612345678901", "(+86)10648123456", "１２３４５６７８９０１",
    ])
  func otherRanges(_ text: String) { #expect(PhoneNumber(text) == nil) }

  @Test(
    "Any other text is rejected",
    arguments: [
      "", " ", "1", "1380000000", "138000000000", "23800000000", "03800000000", "+13800000000", "++8613800000000",
      "+86+13800000000", "86+13800000000", "+008613800000000", "0013800000000", "008523800000000", "+85291234567",
      "8513800000000", "868613800000000", "013800000000", "02012345678", "1380000000a", "138.0000.0000",
      "138\n00000000", "13800000000\n13900000000", "13800000000\u{0}", "١٣٨٠٠٠٠٠٠٠٠", "138****0000", "1.38e10",
      "138000000001380000000013800000", "(138)00000000", "(13800000000)", "(+8613800000000)", "(+86", "+86)13800000000",
      "(+86)(+86)13800000000", "(+86)+8613800000000", "()13800000000", "+(86)13800000000", "(+0086)13800000000",
      "(86)868613800000", "tel:13800000000", "13800000000;ext=1", "-", "+", "+86", "\u{200b}", "１３８００００００0",
    ])
  func refuses(_ text: String) { #expect(PhoneNumber(text) == nil) }

  @Test("Only the masked number is printed")
  func masked() throws {
    #expect(try #require(PhoneNumber("13812345678")).masked == "138****5678")
  }

  @Test(
    "A number matches the masks that it can have",
    arguments: [
      ("138****5678", true), ("138*****678", true), ("***********", true), ("13812345678", true), ("1**1**4**7*", true),
      ("139****5678", false), ("138****5679", false), ("13812345679", false), ("138***5678", false),
      ("138*****5678", false), ("", false), ("*", false), ("138xxxx5678", false), ("138••••5678", false),
      ("+86138****5678", false), (" 138***5678", false),
    ])
  func masks(_ mask: String, _ agrees: Bool) throws {
    #expect(try #require(PhoneNumber("13812345678")).agrees(withMask: mask) == agrees)
  }

  private static let european = ServedCountries(callingCodes: ["+44", "34"])

  @Test(
    "reads numbers of the countries that a vendor serves, with + or 00",
    arguments: [
      ("+447700900123", "+447700900123"), ("00447700900123", "+447700900123"), ("+44 7700-900 123", "+447700900123"),
      ("\u{ff0b}34600123456", "+34600123456"),
    ])
  func countries(_ text: String, _ number: String) {
    #expect(PhoneNumber(text, of: Self.european)?.text == number)
    #expect(PhoneNumber(text, of: .all)?.e164 == number)
    #expect(PhoneNumber(text) == nil)
  }

  @Test(
    "refuses numbers of other countries, without a calling code, or with too few or too many digits",
    arguments: [
      "7700900123", "447700900123", "+33612345678", "+86 13800000000", "13800000000", "+440", "+44770",
      "+4477009001234567", "+0447700900123", "(+44)7700900123", "+44",
    ])
  func notServed(_ text: String) { #expect(PhoneNumber(text, of: Self.european) == nil) }

  @Test("a number of mainland China keeps its form with a vendor that serves all countries")
  func mainland() {
    for text in ["13800000000", "+8613800000000", "008613800000000"] {
      #expect(PhoneNumber(text, of: .all)?.text == "13800000000")
      #expect(PhoneNumber(text, of: .all)?.e164 == "+8613800000000")
    }
    // Service numbers stay refused.
    #expect(PhoneNumber("+8610086", of: .all) == nil)
    #expect(PhoneNumber("+8612800000000", of: .all) == nil)
  }

  @Test("the same digits in two countries are two numbers")
  func sameDigits() {
    #expect(PhoneNumber("13800000000", of: .all) != PhoneNumber("+13800000000", of: .all))
  }

  @Test("the description of a number of another country is masked")
  func maskedForeign() {
    #expect(PhoneNumber("+447700900123", of: .all)?.description == "+44****0123")
    // At least four digits are hidden.
    #expect(PhoneNumber("+6831234", of: .all)?.description == "+68****4")
  }
}
