import Configuration
import NumberAuth
import Testing

/// Steps that wait for a turn of the event loop.
@Suite("Slow steps")
struct SlowStepTests {
  private static let steps: [(step: String, isSlow: Bool)] = [
    (#"{rsa-sign: x, digest: sha256, key: "${account.rsaPrivate}", as: hex}"#, true),
    (#"{rsa-sign: x, digest: sha256, padding: pss, key: "${account.rsaPrivate}", as: hex}"#, true),
    (#"{rsa-encrypt: x, padding: oaep, key: "${account.rsaPublic}", as: hex}"#, false),
    (#"{rsa-decrypt: "${call.token}", from: hex, key: "${account.rsaPrivate}", as: hex}"#, true),
    (
      #"{rsa-verify: x, digest: md5, signature: "${call.token}", from: hex, key: "${account.rsaPublic}"}"#, false
    ),
    (#"{sm2-sign: x, key: "${account.sm2Private}", as: hex}"#, true),
    (#"{sm2-verify: x, signature: "${call.token}", from: hex, key: "${account.sm2Public}"}"#, true),
    (#"{sm2-encrypt: x, key: "${account.sm2Public}", as: hex}"#, true),
    (#"{sm2-decrypt: "${call.token}", from: hex, key: "${account.sm2Private}", as: hex}"#, true),
    (#"{ecdsa-sign: x, digest: sha256, key: "${account.curvePrivate}", as: hex}"#, false),
    (#"{aes-gcm-encrypt: x, key: 0123456789abcdef, iv: x, as: hex}"#, false),
  ]

  @Test("are those with an RSA private key or SM2", arguments: steps)
  func slow(_ step: String, _ isSlow: Bool) throws {
    let fields = [
      "rsaPrivate": KeyPairs.rsa.private, "rsaPublic": KeyPairs.rsa.public, "sm2Private": KeyPairs.sm2.private,
      "sm2Public": KeyPairs.sm2.public, "curvePrivate": KeyPairs.curve.private,
    ]
    let account = "{" + fields.keys.sorted().map { "\($0): {secret: true}" }.joined(separator: ", ") + "}"
    let yaml = MemoryFiles.login(
      account: account, steps: ["out: \(step)"], request: ["path: /login", #"form: {value: "${out}"}"#])
    let file = try #require(try MemoryFiles.provider(yaml))
    let provider = try file.makeProvider(
      file.settings(account: "a", authority: "vendor.example.com", fields: fields.mapValues { Secret($0) }))
    #expect(provider.privateKeyUse(at: .login) == (isSlow ? .request : []))
  }
}
