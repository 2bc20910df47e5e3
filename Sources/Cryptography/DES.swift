private import COpenSSL

/// Single DES in CBC mode with PKCS#5 padding. OpenSSL 3 keeps single DES in its legacy provider; triple DES with one
/// key thrice is the same cipher.
public struct DESKey: Sendable {
  private let key: [UInt8]

  /// Throws `invalidKeySize` for anything but 8 bytes.
  public init(_ key: [UInt8]) throws(CryptographyError) {
    guard key.count == 8 else { throw .invalidKeySize(bytes: key.count) }
    self.key = key
  }

  public func decrypt(_ ciphertext: [UInt8], iv: [UInt8]) throws(CryptographyError) -> [UInt8] { throw .cannotDecrypt }
  public func encrypt(_ message: [UInt8], iv: [UInt8]) throws(CryptographyError) -> [UInt8] { throw .failed("encrypt") }
}
