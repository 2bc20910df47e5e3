internal import Cryptography

/// Aliyun's two signatures, as the server calculates them for a request (`specs/aliyun.md` §3).
enum AliyunSignature {
  /// ACS3-HMAC-SHA256 (§3.1).
  enum V3 {
    static let algorithm = "ACS3-HMAC-SHA256"

    /// `headers`: the signed header fields, with names in lower case.
    static func canonicalRequest(
      method: String, path: String, query: [FormPair], headers: [(name: String, values: [String])],
      payloadHash: String
    ) -> String {
      let sorted = headers.sorted { $0.name.precedesInBytes($1.name) }
      let fields = sorted.map { header in
        let values = header.values.map(trimmed).sorted { $0.precedesInBytes($1) }
        return header.name + ":" + values.joined(separator: ",") + "\n"
      }
      return [
        method, path, canonicalQuery(query), fields.joined(), sorted.map(\.name).joined(separator: ";"), payloadHash,
      ].joined(separator: "\n")
    }

    static func stringToSign(_ canonicalRequest: String) -> String {
      algorithm + "\n" + Hex.encode(DigestAlgorithm.sha256.hash(canonicalRequest))
    }

    static func signature(_ canonicalRequest: String, _ key: HMACKey) -> String {
      Hex.encode(key.authenticate(stringToSign(canonicalRequest)))
    }

    private static func trimmed(_ text: String) -> String {
      let blanks: Set<Character> = [" ", "\t"]
      var rest = text[...]
      while let first = rest.first, blanks.contains(first) { rest.removeFirst() }
      while let last = rest.last, blanks.contains(last) { rest.removeLast() }
      return String(rest)
    }
  }

  /// HMAC-SHA1 over all parameters (§3.2).
  enum V1 {
    static func stringToSign(method: String, _ parameters: [FormPair]) -> String {
      method + "&%2F&" + PercentEncoding.encode(canonicalQuery(parameters.filter { $0.name != "Signature" }))
    }

    static func signature(_ stringToSign: String, _ key: HMACKey) -> String {
      Base64.encode(key.authenticate(stringToSign))
    }
  }

  static func canonicalQuery(_ pairs: [FormPair]) -> String {
    pairs.sorted {
      $0.name == $1.name ? $0.value.precedesInBytes($1.value) : $0.name.precedesInBytes($1.name)
    }
    .map { PercentEncoding.encode($0.name) + "=" + PercentEncoding.encode($0.value) }
    .joined(separator: "&")
  }
}
