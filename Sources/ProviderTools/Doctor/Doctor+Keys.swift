import Configuration
import Cryptography
import NumberAuth
import Schema

/// What can be seen without a network.
extension Doctor {
  /// What the account can do, its keys each by itself, and how they go together.
  static func offlineFindings(_ account: Account) -> [CheckResult] {
    [abilities(account)] + KeyRing(account).findings
  }

  private static func abilities(_ account: Account) -> CheckResult {
    var can: [String] = []
    var cannot: [String] = []
    for operation in Operation.allCases {
      let channels = account.file.serves.filter { $0.value.contains(operation) }.keys.map(\.rawValue).sorted()
      if channels.isEmpty { continue }
      if let unsupportedReason = account.provider.unsupportedReason(to: operation) {
        cannot.append("not \(operation.rawValue): \(unsupportedReason.message)")
      } else {
        can.append("\(operation.rawValue) on " + channels.joined(separator: ", "))
      }
    }
    return CheckResult(.well, "account", (can + cannot).joined(separator: "; "))
  }
}

/// An account's RSA keys, as the provider's file declares them.
private struct KeyRing {
  let privateKeys: [(name: String, key: RSAPrivateKey)]
  let publicKeys: [(name: String, key: RSAPublicKey)]

  init(_ account: Account) {
    func keys<Key>(_ half: KeyHalf, _ read: (String) -> Key?) -> [(String, Key)] {
      account.file.accountFields.filter { $0.keyHalf == half }.compactMap { field in
        account.settings.optional(field.name).flatMap { read($0.revealed) }.map { (field.name, $0) }
      }
    }
    privateKeys = keys(.privateHalf) { try? RSAPrivateKey($0) }
    publicKeys = keys(.publicHalf) { try? RSAPublicKey($0) }
  }

  var findings: [CheckResult] {
    var findings: [CheckResult] = []
    for (name, key) in privateKeys {
      let words = "\(name): RSA \(key.bits), public half SHA-256 \(Self.fingerprint(key.publicKeyDER))"
      if Self.isWhole(key) {
        findings.append(CheckResult(.well, "keys", words))
      } else {
        findings.append(
          CheckResult(
            .wrong, "keys", "\(name) does not verify with its own public half",
            advice: "The key is damaged: export it again from where the pair was made."))
      }
      findings += Self.length(name, key.bits)
    }
    for (name, key) in publicKeys {
      findings.append(CheckResult(.well, "keys", "\(name): RSA \(key.bits), SHA-256 \(Self.fingerprint(key.der))"))
      if let own = privateKeys.first(where: { $0.key.publicKeyDER == key.der }) {
        findings.append(
          CheckResult(
            .wrong, "keys", "\(name) is your own key's public half (\(own.name))",
            advice: "Paste the platform's key from the vendor's console, not the one that was uploaded there."))
      }
      findings += Self.length(name, key.bits)
    }
    for (index, (name, key)) in privateKeys.enumerated() {
      guard let twin = privateKeys[..<index].first(where: { $0.key.publicKeyDER == key.publicKeyDER }) else { continue }
      findings.append(
        CheckResult(
          .doubtful, "keys", "\(twin.name) and \(name) are the same key",
          advice: "The vendor knows two keys; see that both of the console's are the public half of this one."))
    }
    return findings
  }

  private static func length(_ name: String, _ bits: Int) -> [CheckResult] {
    guard bits < 2048 else { return [] }
    return [
      CheckResult(
        .doubtful, "keys", "\(name) has \(bits) bits", advice: "Use 2048 bits or more where the vendor takes them.")
    ]
  }

  /// Whether the halves belong together: a key that was damaged on its way may still parse.
  private static func isWhole(_ key: RSAPrivateKey) -> Bool {
    guard let publicKey = try? key.publicKey, let signature = try? key.sign("numgate", .sha256) else { return false }
    return publicKey.verify(signature, of: "numgate", .sha256)
  }

  private static func fingerprint(_ der: [UInt8]) -> String { Hex.encode(DigestAlgorithm.sha256.hash(der)) }
}
