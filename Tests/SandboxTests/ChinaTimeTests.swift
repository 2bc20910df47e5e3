import Testing

@testable import Sandbox

@Suite("Timestamps")
struct ChinaTimeTests {
  /// The pairs in `specs/china-mobile.md` §5, from recorded requests and responses.
  @Test(
    "of China Mobile have 17 digits in China Standard Time",
    arguments: [
      ("20260410015652409", 1_775_757_412_409), ("20240408104244593", 1_712_544_164_593),
      ("20190226111848045", 1_551_151_128_045), ("19700101080000000", 0), ("20240229235959999", 1_709_222_399_999),
    ] as [(String, Int64)])
  func stamps(_ stamp: String, _ milliseconds: Int64) {
    #expect(ChinaTime.stamp(milliseconds) == stamp)
    #expect(ChinaTime.milliseconds(stamp) == milliseconds)
  }

  @Test(
    "of China Mobile are rejected if they are invalid",
    arguments: [
      "", "2012122718001165", "20230229000000000", "20261301000000000", "2026112112000000x", "20261121240000000",
    ])
  func refused(_ stamp: String) {
    #expect(ChinaTime.milliseconds(stamp) == nil)
  }

  @Test("of Aliyun are in UTC")
  func aliyun() {
    #expect(AliyunTime.milliseconds("2024-01-02T03:04:05Z") == 1_704_164_645_000)
    #expect(AliyunTime.milliseconds("2024-01-02 03:04:05") == nil)
    #expect(AliyunTime.milliseconds("2024-02-30T03:04:05Z") == nil)
  }

  @Test("begin a new day at midnight in China")
  func days() {
    #expect(ChinaTime.day(57_600_000 - 1) == 0)
    #expect(ChinaTime.day(57_600_000) == 1)
  }
}
