public import Schema

/// Which half of an RSA key pair a field holds.
public enum KeyHalf: Sendable, Hashable {
  case privateHalf
  case publicHalf
}

extension DeclaredField {
  /// The half that the field's pattern asks for; nil where it holds no RSA key.
  public var keyHalf: KeyHalf? {
    switch form?.expectation {
    case FieldPattern.rsaPrivateKey.form.expectation: .privateHalf
    case FieldPattern.rsaPublicKey.form.expectation: .publicHalf
    default: nil
    }
  }
}
