import Cryptography

/// Names and encrypts answers with keys that are derived from one key of `store.keys`.
struct AnswerCipher: Sendable {
  private let names: HMACKey
  private let encryption: AESGCMKey?

  /// - Parameter encryption: 32 bytes.
  init(names: HMACKey, encryption: [UInt8]) {
    self.names = names
    self.encryption = try? AESGCMKey(encryption)
  }

  func name(of text: [UInt8]) -> AnswerName { AnswerName(bytes: names.authenticate(text)) }

  /// nil if OpenSSL cannot encrypt. The record can be opened under this name only.
  func seal(_ answer: StoredAnswer, name: AnswerName) -> [UInt8]? {
    try? encryption?.seal(answer.encoded, context: name.bytes)
  }

  /// nil if the record was changed, or sealed with another key or under another name.
  func open(_ record: [UInt8], name: AnswerName) -> StoredAnswer? {
    guard let bytes = try? encryption?.open(record, context: name.bytes) else { return nil }
    return StoredAnswer(encoded: bytes)
  }
}
