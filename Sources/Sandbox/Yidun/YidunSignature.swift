internal import Cryptography

/// Yidun's signature, as the server computes it (`specs/other-vendors.md` §2): the digest of all parameters sorted by
/// name, names and values without anything between, and the secret behind them.
enum YidunSignature {
  /// nil where the request asks for a method that is not known. SM3 is documented, but the sandbox has none.
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
