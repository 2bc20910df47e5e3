import Cryptography
import NumberAuth

/// Steps with a key pair. Their keys are parsed when the account is loaded.
extension Binder {
  /// Returns nil if OpenSSL cannot sign, encrypt or decrypt.
  private typealias Transformation = @Sendable ([UInt8]) -> [UInt8]?

  mutating func bindSignature(
    _ algorithm: SignatureAlgorithm, _ operand: Template, key: String, _ encoding: Encoding, _ step: Step
  ) throws(AccountFault) -> Bound {
    let sign = try signer(algorithm, key)
    let operand = try bind(operand)
    return .work { evaluation throws(Failure) in
      let message = try operand.bytes(&evaluation)
      guard let signature = sign(message) else { throw evaluation.cannot("sign", step) }
      return encoding.value(of: signature)
    }
  }

  private func signer(_ algorithm: SignatureAlgorithm, _ field: String) throws(AccountFault) -> Transformation {
    switch algorithm {
    case .rsa(let digest, let padding):
      let key = try key(field) { text throws(CryptographyError) in
        let key = try RSAPrivateKey(text, signatures: padding)
        try key.requireLength(for: digest)
        return key
      }
      return { try? key.sign($0, digest) }
    case .sm2(let identifier, let form):
      let key = try key(field) { text throws(CryptographyError) in try SM2PrivateKey(text) }
      return { try? key.sign($0, identifier: identifier, form) }
    case .ecdsa(let digest, let form):
      let key = try key(field) { text throws(CryptographyError) in try ECDSAPrivateKey(text) }
      return { try? key.sign($0, digest, form) }
    }
  }

  mutating func bindVerification(
    _ algorithm: SignatureAlgorithm, _ operand: Template, signature: Template, _ decoding: Decoding, key: String,
    _ step: Step
  ) throws(AccountFault) -> Bound {
    let isValid = try verifier(algorithm, key)
    let operand = try bind(operand)
    let signature = try bind(signature)
    return .work { evaluation throws(Failure) in
      let value = try operand.value(&evaluation)
      do throws(Failure) {
        let signature = try evaluation.decode(try signature.value(&evaluation), decoding, step)
        guard isValid(signature, value.bytes) else { throw evaluation.invalidSignature(step) }
        return value
      } catch {
        evaluation.hasInvalidSignature = true
        throw error
      }
    }
  }

  private func verifier(
    _ algorithm: SignatureAlgorithm, _ field: String
  ) throws(AccountFault) -> @Sendable (_ signature: [UInt8], _ message: [UInt8]) -> Bool {
    switch algorithm {
    case .rsa(let digest, let padding):
      let key = try key(field) { text throws(CryptographyError) in
        let key = try RSAPublicKey(text, signatures: padding)
        try key.requireLength(for: digest)
        return key
      }
      return { key.verify($0, of: $1, digest) }
    case .sm2(let identifier, _):
      let key = try key(field) { text throws(CryptographyError) in try SM2PublicKey(text) }
      return { key.verify($0, of: $1, identifier: identifier) }
    case .ecdsa(let digest, _):
      let key = try key(field) { text throws(CryptographyError) in try ECDSAPublicKey(text) }
      return { key.verify($0, of: $1, digest) }
    }
  }

  mutating func bindEncryption(
    _ cipher: KeyPairCipher, _ operand: Template, key field: String, _ encoding: Encoding, _ step: Step
  ) throws(AccountFault) -> Bound {
    let encrypt: Transformation
    switch cipher {
    case .rsa(let padding):
      let key = try key(field) { text throws(CryptographyError) in try RSAPublicKey(text, encryption: padding) }
      encrypt = { try? key.encrypt($0) }
    case .sm2(let order):
      let key = try key(field) { text throws(CryptographyError) in try SM2PublicKey(text) }
      encrypt = { try? key.encrypt($0, order) }
    }
    return try work(operand) { value, evaluation throws(Failure) in
      guard let ciphertext = encrypt(value.bytes) else { throw evaluation.cannot("encrypt", step) }
      return encoding.value(of: ciphertext)
    }
  }

  mutating func bindDecryption(
    _ cipher: KeyPairCipher, _ operand: Template, _ decoding: Decoding, key field: String, _ encoding: Encoding,
    _ step: Step
  ) throws(AccountFault) -> Bound {
    let decrypt: Transformation
    switch cipher {
    case .rsa(let padding):
      let key = try key(field) { text throws(CryptographyError) in try RSAPrivateKey(text, encryption: padding) }
      decrypt = { try? key.decrypt($0) }
    case .sm2(let order):
      let key = try key(field) { text throws(CryptographyError) in try SM2PrivateKey(text) }
      decrypt = { try? key.decrypt($0, order) }
    }
    return try work(operand) { value, evaluation throws(Failure) in
      let ciphertext = try evaluation.decode(value, decoding, step)
      guard let plain = decrypt(ciphertext) else { throw evaluation.cannotDecrypt(step) }
      return try evaluation.encode(plain, encoding, step)
    }
  }
}

extension Evaluation {
  fileprivate func invalidSignature(_ step: Step) -> Failure {
    answer == nil
      ? cannot("verify the signature", step)
      : protocolError(
        "The step '\(step.name)' rejects the response: its signature is not valid for the account's key.",
        operation.stage)
  }
}
