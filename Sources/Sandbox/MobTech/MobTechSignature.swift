internal import Cryptography
internal import JSON

/// MobTech's signature, as the server calculates it (`specs/other-vendors.md` §6): MD5 over all members, sorted by
/// name, as `k=v` joined with `&`, followed directly by the appSecret.
enum MobTechSignature {
  /// All valid signatures of this body: only some clients of the vendor sign empty values.
  static func signatures(_ body: JSONValue, _ appSecret: String) -> [String] {
    let members = body.members.filter { $0.key != "sign" }.sorted { $0.key.precedesInBytes($1.key) }
      .map { (name: $0.key, value: $0.value.text ?? "") }
    return [members, members.filter { !$0.value.isEmpty }].map { members in
      let plain = members.map { $0.name + "=" + $0.value }.joined(separator: "&")
      return Hex.encode(DigestAlgorithm.md5.hash(plain + appSecret))
    }
  }
}
