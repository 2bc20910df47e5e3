public import Cryptography
public import NumberAuth

extension AccountSettings {
  /// Throws if the field is missing or is not an RSA private key.
  public func privateKey(_ name: String, because: String? = nil) throws(AccountFault) -> RSAPrivateKey {
    let text = try required(name, because: because).revealed
    do throws(CryptographyError) {
      return try RSAPrivateKey(text)
    } catch {
      throw AccountFault(field: name, "'\(name)' \(error)")
    }
  }

  /// Throws if the field is missing or is not an RSA public key.
  public func publicKey(_ name: String, because: String? = nil) throws(AccountFault) -> RSAPublicKey {
    let text = try required(name, because: because).revealed
    do throws(CryptographyError) {
      return try RSAPublicKey(text)
    } catch {
      throw AccountFault(field: name, "'\(name)' \(error)")
    }
  }
}

extension RSAPrivateKey {
  /// Signs before the request is sent. Throws `misconfigured` if OpenSSL rejects the key.
  public func signature(of message: String, _ digest: DigestAlgorithm, stage: Stage) throws(Failure) -> [UInt8] {
    do throws(CryptographyError) {
      return try sign(message, digest)
    } catch {
      throw Failure(.misconfigured, stage: stage, detail: "The account's private key cannot sign.")
    }
  }
}

extension RSAPublicKey {
  /// Encrypts before the request is sent. Throws `misconfigured` if OpenSSL rejects the key.
  public func ciphertext(of message: String, stage: Stage) throws(Failure) -> [UInt8] {
    do throws(CryptographyError) {
      return try encrypt(Array(message.utf8))
    } catch {
      throw Failure(.misconfigured, stage: stage, detail: "The platform's public key cannot encrypt.")
    }
  }
}
