import Cryptography
public import NumberAuth

/// The keys of the store. Each purpose has its own key, derived from a key of `store.keys`.
public struct StoreKeys: Sendable {
  private let numbers: HMACKey
  /// Keys of idempotent answers, in the order of `store.keys`.
  let answers: [AnswerCipher]

  /// - Parameter keys: the first one encrypts and hashes. Empty: a random key.
  public init(_ keys: [Secret]) {
    let keys = keys.isEmpty ? [SecureRandom.bytes(32)] : keys.map { Array($0.revealed.utf8) }
    numbers = HMACKey(.sha256, key: Self.derive(keys[0], "number hash"))
    answers = keys.map {
      AnswerCipher(
        names: HMACKey(.sha256, key: Self.derive($0, "answer name")), encryption: Self.derive($0, "answer encryption"))
    }
  }

  private static func derive(_ key: [UInt8], _ purpose: String) -> [UInt8] {
    HMACKey(.sha256, key: key).authenticate("numgate store: " + purpose)
  }

  /// HMAC-SHA-256 of the digits of a phone number: the same number has the same hash while the key is the same.
  public func numberHash(_ number: PhoneNumber) -> [UInt8] { numbers.authenticate(number.text) }
}
