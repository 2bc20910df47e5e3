internal import Cryptography

/// Yidun's signature, as the server calculates it (`specs/other-vendors.md` §2): the digest of all parameters, sorted
/// by name, as names and values without separators, followed by the secret.
enum YidunSignature {
  /// Returns nil for an unsupported signatureMethod. SM3 is documented, but the sandbox does not implement it.
  static func signature(_ form: FormFields, _ secretKey: String) -> String? {
    let algorithm: DigestAlgorithm
    switch form["signatureMethod"] {
    case nil, "MD5": algorithm = .md5
    case "SHA1": algorithm = .sha1
    case "SHA256": algorithm = .sha256
    default: return nil
    }
    return Hex.encode(algorithm.hash(form.joined(without: "signature") + secretKey))
  }
}
