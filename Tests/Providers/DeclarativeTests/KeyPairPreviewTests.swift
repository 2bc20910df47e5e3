import Configuration
import NumberAuth
import ProviderTools
import Testing

/// Dry runs of a provider whose steps use key pairs and ciphers.
@Suite("The preview of a request with keys")
struct KeyPairPreviewTests {
  /// Each value is derived from a key or from the token.
  private static let steps = [
    #"rsa: {rsa-sign: "${account.id}", digest: sha256, padding: pss, key: "${account.rsaKey}", as: base64}"#,
    #"sm2: {sm2-sign: "a${account.id}", key: "${account.sm2Key}", as: base64}"#,
    #"plain: {sm2-encrypt: "${account.id}", key: "${account.sm2Public}", as: base64}"#,
    #"checked: {sm2-verify: "a${account.id}", signature: "${sm2}", from: base64, key: "${account.sm2Public}"}"#,
    #"gcm: {aes-gcm-encrypt: "${account.id}", key: "${account.aesKey}", iv: "${account.id}", as: base64}"#,
    #"aad: {aes-gcm-encrypt: x, key: 0123456789abcdef, iv: x, aad: "${call.token}", as: base64}"#,
    #"xxtea: {xxtea-encrypt: "${account.id}", key: "${account.aesKey}", as: base64}"#,
    #"joined: {concat: ["${account.id}", "${account.aesKey}"], as: base64}"#,
    #"open: {concat: ["${account.id}", "-"], as: text}"#,
  ]
  private static let names = ["rsa", "sm2", "checked", "gcm", "aad", "xxtea", "joined"]

  @Test("shows placeholders for values that are derived from secret keys or from the token")
  func masks() throws {
    let yaml = MemoryFiles.login(
      account:
        "{id: {}, rsaKey: {secret: true}, sm2Key: {secret: true}, sm2Public: {}, aesKey: {secret: true}}",
      steps: Self.steps,
      request: [
        "path: /login",
        "json: {" + (Self.names + ["plain", "open"]).map { "\($0): \"${\($0)}\"" }.joined(separator: ", ") + "}",
      ])
    let file = try #require(try MemoryFiles.provider(yaml))
    let settings = file.settings(
      account: "dry-run", authority: file.endpoint.authority,
      fields: [
        "id": Secret("12345678"), "rsaKey": Secret(KeyPairs.rsa.private), "sm2Key": Secret(KeyPairs.sm2.private),
        "sm2Public": Secret(KeyPairs.sm2.public), "aesKey": Secret("k123456789abcdef"),
      ])
    func lines(isRevealed: Bool) throws -> String {
      let context = CallContext(now: WallTime(milliseconds: 0), nonce: String(repeating: "0", count: 32))
      return try DryRun(file, settings, at: file.endpoint, context, isRevealed: isRevealed)
        .run(.login, on: .app, [(name: "token", value: "tk-001")], nil).lines.joined(separator: "\n")
    }
    let masked = try lines(isRevealed: false)
    for name in Self.names { #expect(masked.contains(#""\#(name)":"~\#(name)~""#), "\(name): \(masked)") }
    #expect(masked.contains(#""open":"12345678-""#))
    #expect(!masked.contains(#""plain":"~plain~""#))
    #expect(!masked.contains("tk-001") && !masked.contains("k123456789abcdef"))
    #expect(try lines(isRevealed: true).contains(#""checked":"a12345678""#))
  }
}
