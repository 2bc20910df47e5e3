import Cryptography
import NumberAuth

extension Binder {
  mutating func bindCipher(_ action: CipherStep, _ step: Step) throws(AccountFault) -> Bound {
    let (cipher, decoding, encoding) = (action.cipher, action.decoding, action.encoding)
    guard cipher.isAvailable else {
      throw AccountFault(
        field: "provider", "the step '\(step.name)': SM4-GCM needs OpenSSL 3.1 or later, and this is an earlier version"
      )
    }
    let key = try bind(action.key)
    let operand = try bind(action.operand)
    let iv = try bind(ifPresent: action.iv)
    let additionalData = try bind(ifPresent: action.additionalData)
    let tag = try bind(ifPresent: action.tag)
    // A constant key of a wrong length is reported when the account is loaded, not at its first use.
    if let problem = key.constant.flatMap({ cipher.problem(withKey: $0.bytes) }) {
      throw keyFault(action.key, step, problem)
    }
    if let problem = iv?.constant.flatMap({ cipher.problem(withIV: $0.bytes) }) {
      throw keyFault(action.iv ?? action.key, step, problem)
    }
    if key.constant == nil { try checkAlternatives(of: action.key, step) { cipher.problem(withKey: $0) } }
    if let template = action.iv, iv?.constant == nil {
      try checkAlternatives(of: template, step) { cipher.problem(withIV: $0) }
    }
    return .work { evaluation throws(Failure) in
      let input = try operand.value(&evaluation)
      let keyBytes = try key.value(&evaluation).bytes
      let iv = try iv?.value(&evaluation).bytes ?? []
      let bytes = cipher.decrypts ? try evaluation.decode(input, decoding, step) : input.bytes
      let output: [UInt8]?
      if cipher.mode == .gcm {
        let context = try additionalData?.value(&evaluation).bytes ?? []
        let tag = try tag?.value(&evaluation)
        let tagBytes: [UInt8]? = if let tag { try evaluation.decode(tag, decoding, step) } else { nil }
        output = cipher.runGCM(bytes, key: keyBytes, iv: iv, context: context, tag: tagBytes)
      } else {
        output = cipher.run(bytes, key: keyBytes, iv: iv)
      }
      guard let output else {
        throw cipher.decrypts ? evaluation.cannotDecrypt(step) : evaluation.cannot("encrypt", step)
      }
      return try evaluation.encode(output, encoding, step)
    }
  }

  private mutating func bind(ifPresent template: Template?) throws(AccountFault) -> Bound? {
    guard let template else { return nil }
    return try bind(template)
  }
}

extension Cipher {
  /// False if this version of OpenSSL does not provide the cipher.
  var isAvailable: Bool { mode != .gcm || GCMKey.isAvailable(algorithm == .sm4 ? .sm4 : .aes) }

  /// Describes why a key has the wrong length; nil if the length is correct.
  func problem(withKey key: [UInt8]) -> String? {
    let (isValid, requirement) =
      switch algorithm {
      case .aes: (AESKey.isSupported(size: key.count), "AES requires 16, 24 or 32")
      case .des: (key.count == 8, "DES requires 8")
      case .sm4: (key.count == 16, "SM4 requires 16")
      case .xxtea: (XXTEAKey.sizes.contains(key.count), "XXTEA requires 1 to 16")
      }
    return isValid ? nil : "the key has \(key.count) bytes; \(requirement)"
  }

  /// Describes why an initialization vector has the wrong length; nil if the length is correct.
  func problem(withIV iv: [UInt8]) -> String? {
    let (isValid, expected) =
      mode == .gcm
      ? (GCMKey.ivSizes.contains(iv.count), "\(GCMKey.ivSizes.lowerBound) to \(GCMKey.ivSizes.upperBound)")
      : (iv.count == blockSize, "\(blockSize)")
    return isValid ? nil : "the initialization vector has \(iv.count) bytes; expected \(expected)"
  }

  /// For all modes except GCM. nil if the key, the length of the input or the padding is invalid.
  func run(_ input: [UInt8], key: [UInt8], iv: [UInt8]) -> [UInt8]? {
    let mode: AESKey.Mode = mode == .cbc ? .cbc(iv: iv) : .ecb
    switch (algorithm, decrypts) {
    case (.aes, false): return try? AESKey(key).encrypt(input, mode)
    case (.aes, true): return try? AESKey(key).decrypt(input, mode)
    case (.sm4, false): return try? SM4Key(key).encrypt(input, mode)
    case (.sm4, true): return try? SM4Key(key).decrypt(input, mode)
    case (.des, false): return try? DESKey(key).encrypt(input, iv: iv)
    case (.des, true): return try? DESKey(key).decrypt(input, iv: iv)
    case (.xxtea, false): return try? XXTEAKey(key).encrypt(input)
    case (.xxtea, true): return try? XXTEAKey(key).decrypt(input)
    }
  }

  /// nil if the key, the length of the initialization vector or the tag is invalid. Without `tag`, the tag is at the end
  /// of the ciphertext.
  func runGCM(_ input: [UInt8], key: [UInt8], iv: [UInt8], context: [UInt8], tag: [UInt8]?) -> [UInt8]? {
    guard let key = try? GCMKey(algorithm == .sm4 ? .sm4 : .aes, key) else { return nil }
    guard decrypts else { return try? key.encrypt(input, iv: iv, context: context) }
    guard let tag else { return try? key.decrypt(input, iv: iv, context: context) }
    return try? key.decrypt(input, tag: tag, iv: iv, context: context)
  }
}
