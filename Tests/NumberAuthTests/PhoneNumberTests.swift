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
    ])
  func reads(_ text: String) { #expect(PhoneNumber(text)?.digits == "13800000000") }

  @Test("takes every range that begins with 1", arguments: ["10000000000", "19999999999", "17000000000"])
  func ranges(_ text: String) { #expect(PhoneNumber(text)?.digits == text) }

  @Test(
    "refuses everything else",
    arguments: [
      "", " ", "1", "1380000000", "138000000000", "23800000000", "03800000000", "+13800000000", "++8613800000000",
      "+86+13800000000", "86+13800000000", "+008613800000000", "0013800000000", "008523800000000", "+85291234567",
      "8513800000000", "868613800000000", "013800000000", "02012345678", "1380000000a", "138.0000.0000",
      "13800000000\n",
      "\t13800000000", "138\u{a0}0000\u{a0}0000", "１３８００００００００", "١٣٨٠٠٠٠٠٠٠٠", "138****0000", "1.38e10",
      "138000000001380000000013800000", "(138)00000000", "tel:13800000000", "13800000000;ext=1", "-", "+", "+86",
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
