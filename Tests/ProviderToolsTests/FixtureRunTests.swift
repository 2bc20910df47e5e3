import Configuration
import ProviderTools
import Testing

@Suite("A run of fixtures")
struct FixtureRunTests {
  private static let root = #filePath.split(separator: "/").dropLast(3).reduce("") { $0 + "/" + $1 }
  private static let folder = root + "/Tests/ProviderToolsTests/Lianxin/"

  /// The lines of a run over `verify.yaml` with a part of it replaced.
  private static func run(_ part: String, _ replacement: String) throws -> FixtureRun {
    var files = FileSystem.machine
    let read = files.read
    let text = String(decoding: read(folder + "verify.yaml") ?? [], as: UTF8.self)
    try #require(text.contains(part))
    files.read = { path in
      path == "verify.yaml" ? Array(text.replacing(part, with: replacement, maxReplacements: 1).utf8) : read(path)
    }
    let (file, _) = try ConfigurationLoader.loadProvider(folder + "lianxin.yaml")
    return FixtureRun(file, ["verify.yaml"], files: files)
  }

  @Test(
    "rejects an invalid fixture with the position of the error",
    arguments: [
      ("verdict: match", "verdct: match", "verify.yaml:18:14: 'answers[0].expect' must be an expected result"),
      (
        "expect: {verdict: match, transaction: R-2, billed: \"yes\"}", "expect: {}",
        "verify.yaml:18:13: 'answers[0].expect' must be an expected result"
      ),
      ("reason: too-many", "reson: too-many", "unknown key 'reson' in 'answers[4].expect.failure'"),
      ("  body: '{\"appCode", "  bdy: '{\"appCode", "unknown key 'bdy' in 'request'; did you mean 'body'?"),
      ("appCode: LX", "appKode: LX", "'lianxin' has no account field 'appKode'; did you mean 'appCode'?"),
      ("channel: app", "channel: h5", "verify.yaml:4:31: 'lianxin' does not support verify on h5"),
      ("kind: verify", "knd: verify", "unknown key 'knd' in 'call'; did you mean 'kind'?"),
      ("name: compares", "nam: compares", "unknown key 'nam'; did you mean 'name'?"),
    ])
  func refusals(_ part: String, _ replacement: String, _ message: String) throws {
    let run = try Self.run(part, replacement)
    #expect(!run.isGood)
    #expect(run.lines.contains { $0.contains(message) }, "\(run.lines)")
  }

  @Test(
    "describes the differences",
    arguments: [
      ("verdict: match", "verdict: mismatch", "verdict is match, not mismatch"),
      (
        "expect: {verdict: match, transaction: R-2, billed: \"yes\"}", "expect: {failure: {reason: token-expired}}",
        "expected: the failure token-expired"
      ),
      ("reason: too-many-attempts", "reason: vendor-busy", "reason is too-many-attempts, not vendor-busy"),
      ("mmbRwC", "MmbRwC", "the header X-LX-Sign is mmbRwC/Ve2Icf8YUcd8KZ87px0M=, not MmbRwC/"),
      ("    - [X-LX-App, LX20240001]\n", "", "headers is"),
      ("compare\n", "compaer\n", "target is /gw/v3/number/compare"),
      ("\"outcome\":\"PASS\"", "\"outcom\":\"PASS\"", "the result is the failure vendor-protocol-error"),
    ])
  func differences(_ part: String, _ replacement: String, _ message: String) throws {
    let run = try Self.run(part, replacement)
    #expect(!run.isGood)
    #expect(run.lines.contains { $0.contains(message) }, "\(run.lines)")
  }

  @Test("fails if there is no fixture")
  func nothing() throws {
    let (file, _) = try ConfigurationLoader.loadProvider(Self.folder + "lianxin.yaml")
    #expect(!FixtureRun(file, []).isGood)
    #expect(!FixtureRun(file, [Self.root + "/schemas/no-such-file.yaml"]).isGood)
  }
}
