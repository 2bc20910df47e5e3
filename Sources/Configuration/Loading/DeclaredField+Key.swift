public import Schema

/// The half of an RSA key pair that a field contains.
public enum KeyHalf: Sendable, Hashable {
  case privateHalf
  case publicHalf
}

extension DeclaredField {
  /// The half that the field's pattern requires; nil if the field is not an RSA key.
  public var keyHalf: KeyHalf? {
    switch pattern.flatMap(FieldPattern.init) {
    case .rsaPrivateKey: .privateHalf
    case .rsaPublicKey: .publicHalf
    case .digits, .word, .origin, .url, .codes, nil: nil
    }
  }
}
