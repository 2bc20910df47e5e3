import Configuration
import NumberAuth
import ProviderTools
import Testing

/// Dry runs of the invented vendor in `Lianxin/`, as by `numgate provider try`.
@Suite("A dry run")
struct DryRunTests {
  private static let root = #filePath.split(separator: "/").dropLast(3).reduce("") { $0 + "/" + $1 }
  private static let secret = "9f86d081884c7d659a2feaa0c55ad015"

  private static func dryRun(isRevealed: Bool) throws -> DryRun {
    let (file, _) = try ConfigurationLoader.loadProvider(root + "/Tests/ProviderToolsTests/Lianxin/lianxin.yaml")
    let settings = file.settings(
      account: "dry-run", authority: file.endpoint.authority,
      fields: ["appCode": Secret("LX20240001"), "appSecret": Secret(secret)])
    let now = try #require(WallTime(vendorsText: "20240102110405"))
    return DryRun(
      file, settings, at: file.endpoint, CallContext(now: now, nonce: "0123456789ab4def8123456789abcdef"),
      isRevealed: isRevealed)
  }

  private static let inputs = [(name: "token", value: "tk-001"), (name: "phoneNumber", value: "13800000000")]

  @Test("prints the input of a signature, and each step after the steps that it uses")
  func signedText() throws {
    let lines = try Self.dryRun(isRevealed: true).run(.verify, on: .app, Self.inputs, nil).lines
    let sign = try #require(lines.firstIndex { $0.hasPrefix("  sign ") })
    #expect(lines[sign].hasSuffix("  mmbRwC/Ve2Icf8YUcd8KZ87px0M="))
    #expect(
      lines[sign + 1].contains(
        #"over "POST\n/gw/v3/number/compare\n20240102110405\n01234567-89ab-4def-8123-456789abcdef\nNOidhk3Fvx+K3UC++DkEIg==""#
      ))
    let digest = try #require(lines.firstIndex { $0.hasPrefix("  mobileDigest ") })
    #expect(digest < sign)
  }

  @Test("masks keys, tokens, numbers and values derived from them unless they are revealed")
  func masks() throws {
    let text = try Self.dryRun(isRevealed: false).run(.verify, on: .app, Self.inputs, nil).lines.joined(separator: "\n")
    for secret in [Self.secret, "tk-001", "13800000000", "mmbRwC", "E4154F", "NOidhk"] {
      #expect(!text.contains(secret), "\(secret) is printed")
    }
    #expect(text.contains(#""accessToken":"~token~","mobileDigest":"~mobileDigest~""#))
    #expect(text.contains(#"over "POST\n/gw/v3/number/compare\n"#))
  }

  @Test(
    "refuses unsupported calls and missing inputs",
    arguments: [
      (DryRun.Subject.login, Channel.h5, "'lianxin' does not support login on h5"),
      (.verify, .quickApp, "'lianxin' does not support verify on quick-app"),
      (.login, .app, "'inputs.operatorType' is missing: operatorType of the SDK."),
    ])
  func refusals(_ subject: DryRun.Subject, _ channel: Channel, _ message: String) throws {
    let dryRun = try Self.dryRun(isRevealed: false)
    let fault = #expect(throws: DryRun.Fault.self) { try dryRun.run(subject, on: channel, Self.inputs, nil) }
    #expect(fault?.message == message)
  }

  @Test(
    "reads times in the formats of vendors' documents",
    arguments: [
      ("2024-01-02T03:04:05Z", 1_704_164_645_000), ("20240102110405", 1_704_164_645_000),
      ("20240102110405678", 1_704_164_645_678), ("1704164645", 1_704_164_645_000),
      ("1704164645678", 1_704_164_645_678), ("2024-01-02T11:04:05+08:00", nil), ("20240231000000", nil), ("12", nil),
      ("", nil), ("2024-1-2T03:04:05Z", nil),
    ] as [(String, Int64?)])
  func times(_ text: String, _ milliseconds: Int64?) {
    #expect(WallTime(vendorsText: text)?.milliseconds == milliseconds)
  }
}
