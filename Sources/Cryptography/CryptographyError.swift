/// The reason why a key or a ciphertext cannot be used. Does not contain the key or the ciphertext.
public enum CryptographyError: Error, Equatable, CustomStringConvertible {
  /// `finding` describes the text; nil if its kind is not recognised.
  case notAKey(expected: String, finding: String?)
  case notRSA
  /// A key of another algorithm or curve than the one with this name.
  case notOnCurve(String)
  /// A number or a point that is not a valid key of its curve.
  case invalidKey
  case unusableKeyLength(bits: Int)
  /// An RSA key that is too short for a padding and a digest.
  case keyTooShort(bits: Int, scheme: String)
  case messageTooLong(limit: Int)
  case cannotDecrypt
  case invalidKeySize(bytes: Int)
  case failed(String)

  public var description: String {
    switch self {
    case .notAKey(let expected, nil): "does not parse as \(expected)"
    case .notAKey(let expected, let finding?): "is \(finding), not \(expected)"
    case .notRSA: "is a key, but not an RSA key"
    case .notOnCurve(let curve): "is a key, but not a key of \(curve)"
    case .invalidKey: "is not a valid key: its number is out of range, or its point is not on the curve"
    case .unusableKeyLength(let bits): "is an RSA key of \(bits) bits; 1024 to 8192 are supported"
    case .keyTooShort(let bits, let scheme): "is an RSA key of \(bits) bits, which is too short for \(scheme)"
    case .messageTooLong(let limit): "message longer than the \(limit) bytes this key can encrypt"
    case .cannotDecrypt: "cannot be decrypted with this key"
    case .invalidKeySize(let bytes): "is a key of \(bytes) bytes, which this cipher does not support"
    case .failed(let what): "OpenSSL cannot \(what)"
    }
  }
}
