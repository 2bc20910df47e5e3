import Cryptography
import Schema

extension DeclarativeDescription {
  private static let keyField = Shape.Field.required("key", .text, "an account field, such as ${account.privateKey}")
  private static let digestField = Shape.Field.required(
    "digest", .choice(["md5", "sha1", "sha256", "sha384", "sha512"]))
  private static let signaturePaddingField = Shape.Field.optional(
    "padding", .choice(["pkcs1", "pss"]),
    "PKCS#1 v1.5, or PSS with a salt of the length of the digest; default: pkcs1")
  private static let encryptionPaddingFields = [
    Shape.Field.optional("padding", .choice(["pkcs1", "oaep"]), "PKCS#1 v1.5 or OAEP; default: pkcs1"),
    .optional("digest", .choice(["sha1", "sha256"]), "digest of OAEP and MGF1; default: sha1"),
  ]
  private static let identifierField = Shape.Field.optional(
    "id", .text, "identifier of the signer; default: \(sm2DefaultIdentifier)")
  private static let orderField = Shape.Field.optional(
    "order", .choice(SM2CiphertextOrder.allCases.map(\.rawValue)),
    "order of the parts of the ciphertext; default: c1c3c2")
  private static let curveDigestField = Shape.Field.required("digest", .choice(["sha256"]))
  private static let signatureField = Shape.Field.required("signature", .text, "the signature")

  private static func formField(default fallback: CurveSignatureForm) -> Shape.Field {
    .optional(
      "signature", .choice(CurveSignatureForm.allCases.map(\.rawValue)),
      "ASN.1, or r and s with 32 bytes each; default: \(fallback.rawValue)")
  }

  /// Steps that use a key pair.
  static let keyPairs: [Shape.Variant] = [
    .init("rsa-sign", .text, [digestField, signaturePaddingField, keyField, asField], "RSA signature"),
    .init(
      "rsa-verify", .text, [digestField, signaturePaddingField, signatureField, fromSignatureField, keyField],
      "the same text, if its RSA signature is valid"),
    .init("rsa-encrypt", .text, encryptionPaddingFields + [keyField, asField], "RSA encryption"),
    .init("rsa-decrypt", .text, encryptionPaddingFields + [fromField, keyField, asAnyField], "RSA decryption"),
    .init(
      "sm2-sign", .text, [identifierField, formField(default: .der), keyField, asField], "SM2 signature with SM3"),
    .init(
      "sm2-verify", .text, [identifierField, signatureField, fromSignatureField, keyField],
      "the same text, if its SM2 signature in either form is valid"),
    .init("sm2-encrypt", .text, [orderField, keyField, asField], "SM2 encryption"),
    .init("sm2-decrypt", .text, [orderField, fromField, keyField, asAnyField], "SM2 decryption"),
    .init(
      "ecdsa-sign", .text, [curveDigestField, formField(default: .raw), keyField, asField],
      "ECDSA signature with P-256: ES256 of JSON Web Tokens"),
    .init(
      "ecdsa-verify", .text, [curveDigestField, signatureField, fromSignatureField, keyField],
      "the same text, if its ECDSA signature in either form is valid"),
  ]
}
