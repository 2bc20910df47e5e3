public import Schema

/// Which half of an RSA key pair a field holds.
public enum KeyHalf: Sendable, Hashable {
  case privateHalf
  case publicHalf
}

extension DeclaredField {
  /// The half that the field's pattern asks for; nil where it holds no RSA key.
  public var keyHalf: KeyHalf? {
    switch pattern.flatMap(FieldPattern.init) {
    case .rsaPrivateKey: .privateHalf
    case .rsaPublicKey: .publicHalf
    case .digits, .word, .origin, .url, .codes, nil: nil
    }
  }
}
