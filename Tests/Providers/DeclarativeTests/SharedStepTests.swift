import Configuration
import Cryptography
import NumberAuth
import Testing

/// RSA encryption is randomized: each evaluation of a step gives a different value.
@Suite("A step with a randomized value")
struct SharedStepTests {
  /// A login that sends the encrypted token in a header and in the body, and a canonical request that covers it.
  private static let file = MemoryFiles.login(
    steps: [
      #"encrypted: {rsa-encrypt: "${call.token}", key: "${account.key}", as: base64}"#,
      #"canonical: {canonical-request: [x-encrypted], payload: ""}"#,
    ],
    request: [
      "path: /login", #"headers: {X-Encrypted: "${encrypted}"}"#,
      #"json: {header: "${canonical}", body: "${encrypted}"}"#,
    ])

  private struct KeyMissing: Error {}

  private static func request(_ yaml: String) throws -> VendorRequest {
    guard let key = StepTests.cases.lazy.compactMap({ $0.value["account"]?["public"]?.string }).first,
      let file = try MemoryFiles.provider(yaml)
    else { throw KeyMissing() }
    let provider = try file.makeProvider(
      file.settings(account: "a", authority: "vendor.example.com", fields: ["key": Secret(key)]))
    let call = Login(channel: .app, token: Secret("token"))
    let context = CallContext(now: WallTime(milliseconds: 0), nonce: String(repeating: "0", count: 32))
    guard let provider = provider as? any NumberRetrieving,
      case .send(let request, _) = try provider.login(call, context)
    else { throw KeyMissing() }
    return request
  }

  @Test("is evaluated once for the header, the body and the canonical request")
  func once() throws {
    let request = try SharedStepTests.request(SharedStepTests.file)
    let sent = try #require(request.headers.first { $0.name == "X-Encrypted" }?.value)
    let body = String(decoding: request.body, as: UTF8.self)
    #expect(sent.utf8.count > 100)
    #expect(body == #"{"header":"POST\n/login\n\nx-encrypted:\#(sent)\n\nx-encrypted\n","body":"\#(sent)"}"#)
  }

  @Test("is evaluated once for a header and the canonical request")
  func header() throws {
    let yaml = SharedStepTests.file.replacing(#", body: "${encrypted}"}"#, with: "}")
    let request = try SharedStepTests.request(yaml)
    let sent = try #require(request.headers.first { $0.name == "X-Encrypted" }?.value)
    let body = String(decoding: request.body, as: UTF8.self)
    #expect(body == #"{"header":"POST\n/login\n\nx-encrypted:\#(sent)\n\nx-encrypted\n"}"#)
  }
}
