internal import Cryptography
internal import JSON

/// Getui's signature, as the server calculates it (`specs/other-vendors.md` §3). The sources specify two different
/// formats; both are accepted.
enum GetuiSignature {
  static func signatures(_ body: JSONValue, timestamp: String, _ account: GetuiAccount) -> [String] {
    [account.appKey + timestamp + account.masterSecret, sorted(body, account)].map {
      Hex.encode(DigestAlgorithm.sha256.hash($0))
    }
  }

  /// The format of the similar captcha interface: non-empty members, sorted by name, followed by the masterSecret.
  private static func sorted(_ body: JSONValue, _ account: GetuiAccount) -> String {
    let members = body.members.filter { $0.key != "sign" }.sorted { $0.key.precedesInBytes($1.key) }
      .map { (name: $0.key, value: $0.value.text ?? "") }
    return members.filter { !$0.value.isEmpty }.map { $0.name + "=" + $0.value + "&" }.joined()
      + "key=" + account.masterSecret
  }
}
