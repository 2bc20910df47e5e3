import JSON
import NumberAuth
import ProviderConformance
import Testing

@testable import Aliyun

/// Published and captured signatures of Alibaba (`specs/aliyun.md §4.2, §4.3`). The signatures in the fixtures are
/// computed by a script that first reproduces these, those of §4.1 and Alibaba's documented ones (§4.4).
@Suite("AliyunSigner")
struct AliyunSignerTests {
  struct Vector: Sendable, CustomStringConvertible {
    let scheme: AliyunSigner.Scheme
    let action: String
    let parameters: [(name: String, value: String)]
    let securityToken: String?
    let signature: String

    var description: String { "\(scheme) \(action)" }
  }

  static let vectors: [Vector] = {
    let path = Repository.folder(of: #filePath) + "Fixtures/Vectors/signatures.json"
    guard let root = Repository.read(path).flatMap({ try? JSONValue.parse($0) }) else { return [] }
    return root.members.flatMap { scheme in
      scheme.value.elements.map { vector in
        Vector(
          scheme: AliyunSigner.Scheme(rawValue: scheme.key) ?? .v3, action: vector["action"]?.string ?? "",
          parameters: (vector["parameters"]?.members ?? []).map { ($0.key, $0.value.string ?? "") },
          securityToken: vector["securityToken"]?.string, signature: vector["signature"]?.string ?? "")
      }
    }
  }()

  @Test("has 7 vectors")
  func count() { #expect(AliyunSignerTests.vectors.count == 7) }

  @Test("reproduces Alibaba's signatures", arguments: vectors)
  func signatures(_ vector: Vector) throws {
    let signer = AliyunSigner(
      accessKeyId: "testAccessKeyId", accessKeySecret: Secret("testAccessKeySecret"),
      securityToken: vector.securityToken.map(Secret.init), authority: "dypnsapi.aliyuncs.com", scheme: vector.scheme)
    let context = CallContext(
      now: WallTime(milliseconds: 1_704_164_645_000), nonce: "0123456789abcdef0123456789abcdef")
    // The result does not depend on the order of the parameters.
    for parameters in [vector.parameters, vector.parameters.reversed()] {
      let request = signer.request(AliyunCall(action: vector.action, parameters: parameters), context)
      switch vector.scheme {
      case .v3:
        let authorization = try #require(request.headers.last { $0.name == "Authorization" }?.value)
        #expect(
          authorization == "ACS3-HMAC-SHA256 Credential=testAccessKeyId,SignedHeaders=host;x-acs-action;"
            + "x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version,Signature=" + vector.signature)
      case .v1:
        let encoded = vector.signature.replacing("+", with: "%2B").replacing("/", with: "%2F")
          .replacing("=", with: "%3D")
        #expect(request.target.hasSuffix("&Signature=" + encoded))
      }
    }
  }
}
