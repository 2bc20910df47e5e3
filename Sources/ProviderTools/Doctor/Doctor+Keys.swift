import Configuration
import Cryptography
import NumberAuth
import Schema

/// Checks that do not use the network.
extension Doctor {
  /// The operations of the account, its keys, their combination, and its client certificate.
  static func offlineFindings(_ account: Account, at now: WallTime) -> [CheckResult] {
    [abilities(account)] + KeyRing(account).results + certificate(account, at: now)
  }

  private static func certificate(_ account: Account, at now: WallTime) -> [CheckResult] {
    guard let validity = account.identity?.validity else { return [] }
    guard let fault = validity.fault(at: now.milliseconds / 1000) else {
      let end = WallTime(milliseconds: validity.notAfter * 1000).iso8601
      return [CheckResult(.passed, "certificate", "the client certificate is valid until \(end)")]
    }
    return [
      CheckResult(
        .warning, "certificate", "the client certificate \(fault)",
        advice: "Renew 'tls.certificate' of the account. The gateway uses the new files without a restart.")
    ]
  }

  private static func abilities(_ account: Account) -> CheckResult {
    var can: [String] = []
    var cannot: [String] = []
    for operation in Operation.allCases {
      let channels = account.file.serves.filter { $0.value.contains(operation) }.keys.map(\.rawValue).sorted()
      if channels.isEmpty { continue }
      if let unsupportedReason = account.provider.unsupportedReason(for: operation) {
        cannot.append("\(operation.rawValue) unavailable: \(unsupportedReason.message)")
      } else {
        can.append("\(operation.rawValue) on " + channels.joined(separator: ", "))
      }
    }
    return CheckResult(.passed, "account", (can + cannot).joined(separator: "; "))
  }
}

/// An account's RSA keys that the provider file declares.
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

  var results: [CheckResult] {
    var results: [CheckResult] = []
    for (name, key) in privateKeys {
      let text = "\(name): RSA \(key.bits), public half SHA-256 \(Self.fingerprint(key.publicKeyDER))"
      if Self.isConsistent(key) {
        results.append(CheckResult(.passed, "keys", text))
      } else {
        results.append(
          CheckResult(
            .failed, "keys", "\(name): its public half does not verify its signature",
            advice: "The key is damaged: export it again from the tool that generated it."))
      }
      results += Self.length(name, key.bits)
    }
    for (name, key) in publicKeys {
      results.append(CheckResult(.passed, "keys", "\(name): RSA \(key.bits), SHA-256 \(Self.fingerprint(key.der))"))
      if let own = privateKeys.first(where: { $0.key.publicKeyDER == key.der }) {
        results.append(
          CheckResult(
            .failed, "keys", "\(name) is the public half of your own key (\(own.name))",
            advice: "Use the platform's key from the vendor's console, not the key that you uploaded there."))
      }
      results += Self.length(name, key.bits)
    }
    for (index, (name, key)) in privateKeys.enumerated() {
      guard let twin = privateKeys[..<index].first(where: { $0.key.publicKeyDER == key.publicKeyDER }) else { continue }
      results.append(
        CheckResult(
          .warning, "keys", "\(twin.name) and \(name) are the same key",
          advice: "The vendor stores two public keys. Check that both are the public half of this key."))
    }
    return results
  }

  private static func length(_ name: String, _ bits: Int) -> [CheckResult] {
    guard bits < 2048 else { return [] }
    return [
      CheckResult(
        .warning, "keys", "\(name) has \(bits) bits", advice: "Use 2048 bits or more if the vendor supports them.")
    ]
  }

  /// Whether the public half verifies a signature of the private half. A key that was damaged while it was copied may
  /// still parse.
  private static func isConsistent(_ key: RSAPrivateKey) -> Bool {
    guard let publicKey = try? key.publicKey, let signature = try? key.sign("numgate", .sha256) else { return false }
    return publicKey.verify(signature, of: "numgate", .sha256)
  }

  private static func fingerprint(_ der: [UInt8]) -> String { Hex.encode(DigestAlgorithm.sha256.hash(der)) }
}
