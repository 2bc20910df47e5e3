import Configuration
import NumberAuth
import ProviderTools
import Testing

/// `numgate provider try` with bodies in other formats than JSON.
@Suite("Printed bodies")
struct BodyPreviewTests {
  private static func lines(_ request: String, isRevealed: Bool, token: String) throws -> [String] {
    let yaml = MemoryFiles.login(
      account: "{key: {secret: true}}",
      request: ["path: /login", #"headers: {X-Key: "${account.key}"}"#]
        + request.split(separator: "\n").map(String.init))
    let file = try #require(try MemoryFiles.provider(yaml))
    let settings = file.settings(account: "a", authority: "h", fields: ["key": Secret("k-1")])
    let context = CallContext(now: WallTime(milliseconds: 0), nonce: String(repeating: "0", count: 32))
    return try DryRun(file, settings, at: file.endpoint, context, isRevealed: isRevealed)
      .run(.login, on: .app, [(name: "token", value: token)], nil).lines
  }

  @Test("a multipart body is printed line by line, with masked values")
  func multipart() throws {
    let lines = try Self.lines(#"multipart: {token: "${call.token}"}"#, isRevealed: false, token: "secret-token")
    let start = try #require(lines.firstIndex(of: "  --numgate-00000000000000000000000000000000"))
    #expect(
      lines[start..<(start + 5)] == [
        "  --numgate-00000000000000000000000000000000", #"  Content-Disposition: form-data; name="token""#, "",
        "  ~token~", "  --numgate-00000000000000000000000000000000--",
      ])
    #expect(!lines.joined().contains("secret-token"))
  }

  @Test("a body in GBK is printed as text")
  func gbk() throws {
    let request = #"charset: gbk\#nxml: {R: {T: "${call.token}"}}"#
    let lines = try Self.lines(request, isRevealed: true, token: "甲<")
    #expect(lines.contains(#"  <?xml version="1.0" encoding="GBK"?><R><T>甲&lt;</T></R>"#))
    #expect(lines.contains("  Content-Type: application/xml;charset=GBK"))
    let masked = try Self.lines(request, isRevealed: false, token: "甲<")
    #expect(masked.contains(#"  <?xml version="1.0" encoding="GBK"?><R><T>~token~</T></R>"#))
  }
}
