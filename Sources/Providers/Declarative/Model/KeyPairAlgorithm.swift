import Cryptography

/// An algorithm that signs with a private key and verifies with a public key.
enum SignatureAlgorithm: Sendable {
  case rsa(DigestAlgorithm, RSASignaturePadding)
  /// `form` is the encoding of new signatures; both are accepted.
  case sm2(identifier: String, form: CurveSignatureForm)
  case ecdsa(DigestAlgorithm, form: CurveSignatureForm)

  var digest: DigestAlgorithm {
    switch self {
    case .rsa(let digest, _), .ecdsa(let digest, _): digest
    case .sm2: .sm3
    }
  }
}

/// An algorithm that encrypts with a public key and decrypts with a private key.
enum KeyPairCipher: Sendable {
  case rsa(RSAEncryptionPadding)
  case sm2(SM2CiphertextOrder)

  var digest: DigestAlgorithm? {
    switch self {
    case .rsa(.pkcs1): nil
    case .rsa(.oaep(let digest)): digest
    case .sm2: .sm3
    }
  }
}
