/// XXTEA (Wheeler and Needham, "Correction to xtea", 1998) in the form of the libraries of xxtea.org: the message is
/// padded with zeros to words of 32 bits, little-endian, and its length is appended as a word.
public struct XXTEAKey: Sendable {
  private static let delta: UInt32 = 0x9e37_79b9
  /// The supported sizes of a key in bytes. A shorter key than 16 bytes is padded with zeros.
  public static let sizes = 1...16

  private let key: [UInt32]

  /// Throws `invalidKeySize` unless the key has 1 to 16 bytes.
  public init(_ key: [UInt8]) throws(CryptographyError) {
    guard Self.sizes.contains(key.count) else { throw .invalidKeySize(bytes: key.count) }
    self.key = Self.words(key + [UInt8](repeating: 0, count: 16 - key.count))
  }

  /// An empty message has an empty ciphertext.
  public func encrypt(_ message: [UInt8]) -> [UInt8] {
    guard !message.isEmpty else { return [] }
    var words = Self.words(message)
    words.append(UInt32(truncatingIfNeeded: message.count))
    let last = words.count - 1
    var sum: UInt32 = 0
    var before = words[last]
    for _ in 0..<Self.rounds(words.count) {
      sum &+= Self.delta
      for index in 0...last {
        words[index] &+= mix(before, words[index == last ? 0 : index + 1], sum, index)
        before = words[index]
      }
    }
    return Self.bytes(words)
  }

  /// Throws `cannotDecrypt` if the ciphertext does not consist of words, or the length inside it is wrong.
  public func decrypt(_ ciphertext: [UInt8]) throws(CryptographyError) -> [UInt8] {
    guard !ciphertext.isEmpty else { return [] }
    guard ciphertext.count % 4 == 0, ciphertext.count >= 8 else { throw .cannotDecrypt }
    var words = Self.words(ciphertext)
    let last = words.count - 1
    let rounds = Self.rounds(words.count)
    var sum = UInt32(rounds) &* Self.delta
    var after = words[0]
    for _ in 0..<rounds {
      for index in stride(from: last, through: 0, by: -1) {
        words[index] &-= mix(words[index == 0 ? last : index - 1], after, sum, index)
        after = words[index]
      }
      sum &-= Self.delta
    }
    let length = Int(words[last])
    guard length <= last * 4, length > last * 4 - 4 else { throw .cannotDecrypt }
    return Array(Self.bytes(words).prefix(length))
  }

  private static func rounds(_ words: Int) -> Int { 6 + 52 / words }

  private func mix(_ before: UInt32, _ after: UInt32, _ sum: UInt32, _ index: Int) -> UInt32 {
    let shifted = ((before >> 5) ^ (after << 2)) &+ ((after >> 3) ^ (before << 4))
    return shifted ^ ((sum ^ after) &+ (key[(index & 3) ^ Int(sum >> 2 & 3)] ^ before))
  }

  /// The last word is padded with zeros.
  private static func words(_ bytes: [UInt8]) -> [UInt32] {
    var words = [UInt32](repeating: 0, count: (bytes.count + 3) / 4)
    for (index, byte) in bytes.enumerated() { words[index / 4] |= UInt32(byte) << UInt32(index % 4 * 8) }
    return words
  }

  private static func bytes(_ words: [UInt32]) -> [UInt8] {
    words.flatMap { word in (0..<4).map { UInt8(truncatingIfNeeded: word >> UInt32($0 * 8)) } }
  }
}

extension XXTEAKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  public var description: String { "XXTEA key" }
  public var debugDescription: String { description }
  public var customMirror: Mirror { Mirror(self, children: [:]) }
}
