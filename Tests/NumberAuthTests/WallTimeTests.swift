import JSON
import NumberAuth
import Testing

@Suite("Times")
struct WallTimeTests {
  @Test("The formats agree with Python")
  func python() throws {
    for instant in fixtures("times.json") {
      let time = WallTime(milliseconds: Int64(try #require(instant["milliseconds"]?.int)))
      #expect(time.chinaTime17 == instant["china"]?.string)
      #expect(time.iso8601 == instant["utc"]?.string)
    }
  }

  @Test("A duration can be added", arguments: [2000, -3, -60_000, 0])
  func advanced(_ milliseconds: Int64) {
    let duration = Duration.milliseconds(milliseconds)
    let time = WallTime(milliseconds: 1_704_164_645_678)
    #expect(time.advanced(by: duration).milliseconds == time.milliseconds + milliseconds)
    #expect((time.advanced(by: duration) < time) == (milliseconds < 0))
  }
}
