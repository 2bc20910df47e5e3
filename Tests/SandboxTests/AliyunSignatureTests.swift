import Cryptography
import Testing

@testable import Sandbox

/// Test vectors of Alibaba, and recorded requests of Alibaba's SDK (`specs/aliyun.md` §4).
@Suite("Aliyun's signatures")
struct AliyunSignatureTests {
  private static let emptyHash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

  private func v3(_ query: [FormPair], _ headers: [String: String], _ secret: String) -> (
    hash: String, signature: String
  ) {
    let canonical = AliyunSignature.V3.canonicalRequest(
      method: "POST", path: "/", query: query, headers: headers.map { ($0.key, [$0.value]) },
      payloadHash: AliyunSignatureTests.emptyHash)
    return (
      Hex.encode(DigestAlgorithm.sha256.hash(canonical)),
      AliyunSignature.V3.signature(canonical, HMACKey(.sha256, key: secret))
    )
  }

  @Test("V3 matches the documented request of Alibaba")
  func documentedV3() {
    let result = v3(
      [
        FormPair(name: "RegionId", value: "cn-shanghai"),
        FormPair(name: "ImageId", value: "win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd"),
      ],
      [
        "host": "ecs.cn-shanghai.aliyuncs.com", "x-acs-action": "RunInstances", "x-acs-version": "2014-05-26",
        "x-acs-date": "2023-10-26T10:22:32Z", "x-acs-signature-nonce": "3156853299f313e23d1673dc12e1703d",
        "x-acs-content-sha256": AliyunSignatureTests.emptyHash,
      ], "YourAccessKeySecret")
    #expect(result.hash == "7ea06492da5221eba5297e897ce16e55f964061054b7695beedaac1145b1e259")
    #expect(result.signature == "06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0")
  }

  @Test("V3 matches the recorded request of Alibaba's SDK")
  func capturedV3() throws {
    let wire =
      "Origin=https%3A%2F%2Fwww.example.com&Url=https%3A%2F%2Fwww.example.com%2Fh5+login%3Fa%3D1%26b%3D"
      + "%E4%B8%AD%E6%96%87~%2A"
    let result = v3(
      try #require(FormPair.parse(wire)),
      [
        "accept": "application/json", "host": "127.0.0.1:18765", "user-agent": "numgate-test/1.0",
        "x-acs-action": "GetAuthToken", "x-acs-content-sha256": AliyunSignatureTests.emptyHash,
        "x-acs-credentials-provider": "static_ak", "x-acs-date": "2024-01-02T03:04:05Z",
        "x-acs-signature-nonce": "0123456789abcdef0123456789abcdef", "x-acs-version": "2017-05-25",
      ], "testAccessKeySecret")
    #expect(result.hash == "80dbbcf0151c6ced6276519aefa3324a39644d2ca92e36d7cc1fb15b839795ec")
    #expect(result.signature == "4209e8e3b5ccc17e586b70dbf4ee414da04459f064cd6a616729a2628257d54f")
  }

  @Test("V1 matches the documented request of Alibaba")
  func documentedV1() {
    let pairs = [
      ("Timestamp", "2016-02-23T12:46:24Z"), ("Format", "XML"), ("AccessKeyId", "testid"),
      ("Action", "DescribeRegions"), ("SignatureMethod", "HMAC-SHA1"), ("Version", "2014-05-26"),
      ("SignatureNonce", "3ee8c1b8-83d3-44af-a94f-4e0ad82fd6cf"), ("SignatureVersion", "1.0"),
    ].map { FormPair(name: $0.0, value: $0.1) }
    let text = AliyunSignature.V1.stringToSign(method: "GET", pairs)
    #expect(AliyunSignature.V1.signature(text, HMACKey(.sha1, key: "testsecret&")) == "OLeaidS1JvxuMvnyHOwuJ+uX5qY=")
  }

  @Test(
    "V1 matches the recorded request of Alibaba's SDK",
    arguments: [("POST", "dE3QikBMB4dHO9JigkpvBoIk7cA="), ("GET", "ZQEs/BaRPntkvn2ZtUyn/2i2GII=")])
  func capturedV1(_ method: String, _ signature: String) throws {
    let wire =
      "Action=VerifyPhoneWithToken&Format=json&Version=2017-05-25&Timestamp=2024-01-02T03%3A04%3A05Z"
      + "&SignatureNonce=0123456789abcdef0123456789abcdef&PhoneNumber=13800000000"
      + "&SpToken=Dfaf%2Bdafad%2F5422525%3D%3D&SignatureMethod=HMAC-SHA1&SignatureVersion=1.0"
      + "&AccessKeyId=testAccessKeyId&Signature=ignored"
    let text = AliyunSignature.V1.stringToSign(method: method, try #require(FormPair.parse(wire)))
    #expect(AliyunSignature.V1.signature(text, HMACKey(.sha1, key: "testAccessKeySecret&")) == signature)
  }
}
