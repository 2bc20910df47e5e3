import Cryptography
import NumberAuth
import Schema
import YAML

extension OperationReader {
  static let keyPairSteps = [
    "rsa-sign", "rsa-verify", "rsa-encrypt", "rsa-decrypt", "sm2-sign", "sm2-verify", "sm2-encrypt", "sm2-decrypt",
    "ecdsa-sign", "ecdsa-verify",
  ]

  mutating func readKeyPair(_ name: String, _ node: YAMLNode) -> (action: StepAction, kind: ValueKind)? {
    let operand = template(node[name], bytes: true)
    let key = template(node["key"])
    guard let operand, let key else { return nil }
    guard case .account(let field) = key.single else {
      error(
        node["key"]?.mark ?? node.mark,
        "the key of '\(name)' must be one field of the account, such as ${account.privateKey}")
      return nil
    }
    if name.hasSuffix("-sign") || name.hasSuffix("-decrypt") { warnAboutKey(key, node["key"]) }
    switch name {
    case "rsa-sign", "sm2-sign", "ecdsa-sign":
      let algorithm = signatureAlgorithm(name, node)
      return Self.encoded(node) { .sign(algorithm, operand, key: field, $0) }
    case "rsa-verify", "sm2-verify", "ecdsa-verify":
      guard let signature = template(node["signature"], bytes: true) else { return nil }
      checkEncoding(of: signature, "signature", node)
      return (
        .verify(
          signatureAlgorithm(name, node), operand, signature: signature, Self.decoding(node), key: field),
        TemplateReader(scope: scope).kind(of: operand)
      )
    case "rsa-encrypt", "sm2-encrypt":
      let cipher = keyPairCipher(name, node)
      return Self.encoded(node) { .encrypt(cipher, operand, key: field, $0) }
    default:
      checkEncoding(of: operand, "ciphertext", node)
      let cipher = keyPairCipher(name, node)
      return Self.encoded(node) { .decrypt(cipher, operand, Self.decoding(node), key: field, $0) }
    }
  }

  private mutating func signatureAlgorithm(_ name: String, _ node: YAMLNode) -> SignatureAlgorithm {
    // In a step that verifies, `signature` is the signature itself.
    let form = name.hasSuffix("-sign") ? node["signature"]?.text.flatMap(CurveSignatureForm.init) : nil
    if name.hasPrefix("sm2") {
      let identifier = node["id"]?.text ?? sm2DefaultIdentifier
      plain(node["id"])
      if identifier.utf8.count > sm2MaximumIdentifierSize {
        error(
          node["id"]?.mark ?? node.mark,
          "the identifier has \(identifier.utf8.count) bytes; the limit is \(sm2MaximumIdentifierSize)")
      }
      return .sm2(identifier: identifier, form: form ?? .der)
    }
    let digest = Self.digest(node) ?? .sha256
    if name.hasPrefix("ecdsa") { return .ecdsa(digest, form: form ?? .raw) }
    return .rsa(digest, node["padding"]?.text == "pss" ? .pss : .pkcs1)
  }

  private mutating func keyPairCipher(_ name: String, _ node: YAMLNode) -> KeyPairCipher {
    if name.hasPrefix("sm2") { return .sm2(node["order"]?.text.flatMap(SM2CiphertextOrder.init) ?? .c1c3c2) }
    if node["padding"]?.text == "oaep" { return .rsa(.oaep(Self.digest(node) ?? .sha1)) }
    if let digest = node["digest"] { error(digest.mark, "'digest' is only used with 'padding: oaep'") }
    return .rsa(.pkcs1)
  }

  private static func digest(_ node: YAMLNode) -> DigestAlgorithm? {
    digests.first { $0.name == node["digest"]?.text }?.digest
  }
}
