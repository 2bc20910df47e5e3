/// A symmetric cipher in one mode and one direction. Its name is the key of its steps, such as `aes-cbc-encrypt`.
struct Cipher: Sendable, Hashable {
  enum Algorithm: String, Sendable {
    case aes, des, sm4, xxtea
  }

  enum Mode: String, Sendable {
    case cbc, ecb, gcm
  }

  let algorithm: Algorithm
  /// nil if the algorithm processes the whole message at once.
  let mode: Mode?
  let decrypts: Bool

  static let all: [Cipher] = {
    let modes: [(Algorithm, [Mode?])] = [
      (.aes, [.cbc, .ecb, .gcm]), (.des, [.cbc]), (.sm4, [.cbc, .ecb, .gcm]), (.xxtea, [nil]),
    ]
    return modes.flatMap { algorithm, modes in
      modes.flatMap { mode in
        [false, true].map { Cipher(algorithm: algorithm, mode: mode, decrypts: $0) }
      }
    }
  }()

  private static let byName = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })

  static func named(_ name: String) -> Cipher? { byName[name] }

  var name: String {
    ([algorithm.rawValue] + [mode?.rawValue].compactMap { $0 } + [decrypts ? "decrypt" : "encrypt"])
      .joined(separator: "-")
  }

  var needsIV: Bool { mode == .cbc || mode == .gcm }

  /// In bytes.
  var blockSize: Int { algorithm == .des ? 8 : 16 }
}

/// A step that encrypts or decrypts with a symmetric cipher.
struct CipherStep: Sendable {
  let cipher: Cipher
  let operand: Template
  /// The encoding of the ciphertext and of the tag.
  let decoding: Decoding
  let key: Template
  let iv: Template?
  /// Authenticated by GCM, and not part of the ciphertext.
  let additionalData: Template?
  /// The tag of GCM; nil if it follows the ciphertext.
  let tag: Template?
  let encoding: Encoding
}
