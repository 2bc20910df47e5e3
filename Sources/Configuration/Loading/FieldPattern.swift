import Cryptography
import Networking
import Schema

/// Named forms of field values. Files cannot define regular expressions, because the run time of an expression is not
/// bounded.
enum FieldPattern: String, Sendable, CaseIterable {
  case digits
  case word
  case origin
  case url
  case codes
  case rsaPrivateKey = "rsa-private-key"
  case rsaPublicKey = "rsa-public-key"

  /// The expected form, by the name of the pattern.
  static let expectations = Dictionary(uniqueKeysWithValues: allCases.map { ($0.rawValue, $0.form.expectation) })

  var form: Shape.Form {
    switch self {
    case .digits:
      Shape.Form("digits only", pattern: "^[0-9]+$") { text in
        !text.isEmpty && text.utf8.allSatisfy { $0 >= 0x30 && $0 <= 0x39 }
      }
    case .word:
      Shape.Form("printable ASCII characters without spaces", pattern: "^[!-~]+$") { text in
        !text.isEmpty && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f }
      }
    case .origin:
      Shape.Form("an origin such as https://host or http://host:port", pattern: "^https?://[^/]+$") {
        HTTPOrigin($0) != nil
      }
    case .url:
      Shape.Form("an http or https URL", pattern: "^https?://") { text in
        text.hasPrefix("https://") || text.hasPrefix("http://")
      }
    case .codes:
      Shape.Form("codes separated by commas", pattern: "^[ -~]+$") { text in
        !text.isEmpty && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f || $0 == 0x20 }
      }
    case .rsaPrivateKey:
      Self.key("an RSA private key: PEM, or PKCS#8 or PKCS#1 in Base64") { text throws(CryptographyError) in
        _ = try RSAPrivateKey(text)
      }
    case .rsaPublicKey:
      Self.key("an RSA public key: PEM, or X.509 or PKCS#1 in Base64") { text throws(CryptographyError) in
        _ = try RSAPublicKey(text)
      }
    }
  }

  /// A form whose values are valid if `read` does not throw.
  private static func key(
    _ expectation: String, _ read: @escaping @Sendable (String) throws(CryptographyError) -> Void
  ) -> Shape.Form {
    Shape.Form(
      expectation, finding: { text in finding { () throws(CryptographyError) in try read(text) } },
      { text in (try? read(text)) != nil })
  }

  /// Describes an invalid key; nil if its kind is not recognised.
  private static func finding(_ read: () throws(CryptographyError) -> Void) -> String? {
    do throws(CryptographyError) {
      try read()
    } catch {
      if case .notAKey(_, let finding) = error { return finding.map { "is \($0)" } }
      return error.description
    }
    return nil
  }
}
