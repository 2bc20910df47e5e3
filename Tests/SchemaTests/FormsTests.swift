import Schema
import Testing

@Suite("Forms of values")
struct FormsTests {
  @Test(
    "Times are read with a unit: ms, s, m, h or d",
    arguments: [
      ("500ms", Duration.milliseconds(500)), ("3s", .seconds(3)), ("2m", .seconds(120)), ("1h", .seconds(3600)),
      ("400d", .seconds(34_560_000)),
      ("0s", .zero), ("", nil), ("5", nil), ("s", nil), ("1.5s", nil), ("-1s", nil), ("1 s", nil), ("1S", nil),
      ("1w", nil), ("１s", nil), ("99999999999999999999s", nil), ("9999999999s", nil),
    ] as [(String, Duration?)])
  func durations(_ text: String, _ duration: Duration?) {
    #expect(parseDuration(text) == duration)
  }

  @Test(
    "Sizes are read in bytes, KiB and MiB",
    arguments: [
      ("65536", 65_536), ("64KiB", 65_536), ("1MiB", 1_048_576), ("0", 0), ("", nil), ("1KB", nil), ("1 KiB", nil),
      ("-1", nil), ("1e3", nil), ("99999999999999999999", nil), ("KiB", nil),
    ] as [(String, Int?)])
  func sizes(_ text: String, _ size: Int?) {
    #expect(parseSize(text) == size)
  }

  @Test(
    "Only similar words are suggested",
    arguments: [
      ("appSecert", "appSecret"), ("appsecret", "appSecret"), ("appSecre", "appSecret"), ("privateKeys", "privateKey"),
      ("token", nil), ("", nil), ("zzz", nil), ("a", nil),
    ] as [(String, String?)])
  func suggestions(_ word: String, _ near: String?) {
    #expect(nearest(to: word, among: ["appId", "appSecret", "privateKey"]) == near)
  }
}
