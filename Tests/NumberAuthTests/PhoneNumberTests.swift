import NumberAuth
import Testing

@Suite("PhoneNumber")
struct PhoneNumberTests {
  @Test(
    "reads every form of a mainland mobile number",
    arguments: [
      "13800000000", "+8613800000000", "8613800000000", "008613800000000", "138 0000 0000", "138-0000-0000",
      "+86 138 0000 0000", "+86-138-0000-0000", "0086 138 0000 0000", "86-13800000000", " 13800000000 ",
      "1 3 8 0 0 0 0 0 0 0 0", "--13800000000", " +8613800000000",
      "１３８００００００００", "＋８６ １３８００００００００", "138００００0000", "(+86)13800000000", "(+86) 138 0000 0000",
      "（＋86）13800000000", "(86)13800000000", "(0086)13800000000", "( +86 ) 138-0000-0000",
      "138\u{2013}0000\u{2013}0000", "138\u{ff0d}0000\u{ff0d}0000",
    ])
  func reads(_ text: String) { #expect(PhoneNumber(text)?.digits == "13800000000") }

  @Test(
    "reads a number with the invisible characters of a copy",
    arguments: [
      "\t13800000000", "138\u{a0}0000\u{a0}0000", "\u{200b}13800000000", "138\u{200b}00000000",
      "\u{202a}13800000000\u{202c}", "\u{202b}13800000000", "\u{202d}+8613800000000\u{202c}",
      "13800000000\u{202e}", "\u{feff}13800000000", "\u{200e}13800000000\u{200f}", "\u{2066}13800000000\u{2069}",
      "\u{2060}13800000000", "138\u{3000}00000000", "138\u{ad}0000\u{ad}0000",
    ])
  func invisible(_ text: String) { #expect(PhoneNumber(text)?.digits == "13800000000") }

  @Test(
    "reads a number with line ends around it",
    arguments: ["13800000000\n", "13800000000\r\n", "\n13800000000 \n", "13800000000 \t ", "\r\n 13800000000\n\n"])
  func lineEnds(_ text: String) { #expect(PhoneNumber(text)?.digits == "13800000000") }

  @Test(
    "accepts the ranges 13 to 19", arguments: ["13000000000", "14900000000", "17000000000", "19999999999"])
  func ranges(_ text: String) { #expect(PhoneNumber(text)?.digits == text) }

  @Test(
    "refuses numbers that begin with 1 and are not mobile numbers",
    arguments: [
      "12345678901", "10648123456", "10000000000", "11000000000", "+8612345678901", "(+86)10648123456", "１２３４５６７８９０１",
    ])
  func otherRanges(_ text: String) { #expect(PhoneNumber(text) == nil) }

  @Test(
    "refuses everything else",
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

  @Test("shows its mask alone")
  func masked() throws {
    #expect(try #require(PhoneNumber("13812345678")).masked == "138****5678")
  }

  @Test(
    "agrees with the masks that can be its own",
    arguments: [
      ("138****5678", true), ("138*****678", true), ("***********", true), ("13812345678", true), ("1**1**4**7*", true),
      ("139****5678", false), ("138****5679", false), ("13812345679", false), ("138***5678", false),
      ("138*****5678", false), ("", false), ("*", false), ("138xxxx5678", false), ("138••••5678", false),
      ("+86138****5678", false), (" 138***5678", false),
    ])
  func masks(_ mask: String, _ agrees: Bool) throws {
    #expect(try #require(PhoneNumber("13812345678")).agrees(withMask: mask) == agrees)
  }
}
