import Cryptography
import JSON
import NumberAuth
import YAML

/// One named step of an operation.
struct Step: Sendable {
  let name: String
  let mark: YAMLMark
  let action: StepAction
  let kind: ValueKind
}

/// Whether a value is text or bytes: bytes go into digests, keys and encodings only.
enum ValueKind: Sendable { case text, bytes }

/// What a step does. The vocabulary is closed.
indirect enum StepAction: Sendable {
  case text(Template)
  case time(WallTime.Form, WallTime.Zone)
  case nonce(NonceForm)
  case digest(DigestAlgorithm, Template, Encoding)
  case hmac(DigestAlgorithm, Template, key: Template, Encoding)
  case rsaSign(DigestAlgorithm, Template, key: String, Encoding)
  case rsaEncrypt(Template, key: String, Encoding)
  case rsaDecrypt(Template, Decoding, key: String, Encoding)
  case cipher(Cipher, Template, Decoding, key: Template, iv: Template?, Encoding)
  case encode(Template, Encoding)
  case decode(Template, Decoding, Encoding)
  case upper(Template)
  case lower(Template)
  /// A negative start counts from the end; units are characters of text, or bytes.
  case slice(Template, from: Int, length: Int?)
  /// The text over and over, cut at a length.
  case repeated(Template, length: Int)
  case choose(Template, of: [(key: String, value: Template)], otherwise: Template?)
  /// The first of these that is not empty.
  case first([Template])
  case join(Join)
  case canonicalRequest(headers: [String], payload: Template)
  /// A value inside JSON that an earlier step came to.
  case member(Template, at: [JSONPointer])
}

extension StepAction {
  var usesPrivateKey: Bool {
    switch self {
    case .rsaSign, .rsaDecrypt: true
    default: false
    }
  }

  var digest: DigestAlgorithm? {
    switch self {
    case .digest(let digest, _, _), .hmac(let digest, _, _, _), .rsaSign(let digest, _, _, _): digest
    case .canonicalRequest: .sha256
    case .text, .time, .nonce, .rsaEncrypt, .rsaDecrypt, .cipher, .encode, .decode, .upper, .lower, .slice, .repeated,
      .choose, .first, .join, .member:
      nil
    }
  }

  /// What a step works on, a key before what it is used on.
  var operands: [Template] {
    switch self {
    case .time, .nonce: []
    case .text(let operand), .digest(_, let operand, _), .rsaSign(_, let operand, _, _), .rsaEncrypt(let operand, _, _),
      .rsaDecrypt(let operand, _, _, _), .encode(let operand, _), .decode(let operand, _, _), .upper(let operand),
      .lower(let operand), .slice(let operand, _, _), .repeated(let operand, _), .member(let operand, _):
      [operand]
    case .hmac(_, let operand, let key, _): [key, operand]
    case .cipher(_, let operand, _, let key, let iv, _): [key] + [iv].compactMap { $0 } + [operand]
    case .choose(let operand, let choices, let otherwise):
      choices.map(\.value) + [otherwise].compactMap { $0 } + [operand]
    case .first(let choices): choices
    case .join(let join): if case .written(let parameters) = join.members { parameters.map(\.value) } else { [] }
    case .canonicalRequest(_, let payload): [payload]
    }
  }
}

/// The call's one nonce, as this vendor writes nonces.
enum NonceForm: Sendable, Equatable {
  /// 32 lower-case hexadecimal digits.
  case hex
  /// 8-4-4-4-12, version 4 (RFC 9562).
  case uuid
  case digits(Int)
}

/// How bytes become text.
enum Encoding: String, Sendable, CaseIterable {
  case bytes, text
  case hex
  case upperHex = "HEX"
  case base64
  case percent

  var kind: ValueKind { self == .bytes ? .bytes : .text }
}

/// How text becomes bytes.
enum Decoding: String, Sendable, CaseIterable {
  case bytes, hex, base64, percent
}

enum Cipher: String, Sendable, CaseIterable {
  case aesCBCEncrypt = "aes-cbc-encrypt"
  case aesCBCDecrypt = "aes-cbc-decrypt"
  case aesECBEncrypt = "aes-ecb-encrypt"
  case aesECBDecrypt = "aes-ecb-decrypt"
  case desCBCEncrypt = "des-cbc-encrypt"
  case desCBCDecrypt = "des-cbc-decrypt"

  var needsIV: Bool { self != .aesECBEncrypt && self != .aesECBDecrypt }
  var isDES: Bool { self == .desCBCEncrypt || self == .desCBCDecrypt }

  var decrypts: Bool {
    switch self {
    case .aesCBCDecrypt, .aesECBDecrypt, .desCBCDecrypt: true
    case .aesCBCEncrypt, .aesECBEncrypt, .desCBCEncrypt: false
    }
  }
}

/// Parameters written one behind the other, as signatures cover them.
struct Join: Sendable {
  enum Members: Sendable {
    /// Those of the request, as they are sent.
    case form, query, json
    case written([Parameter])
  }

  enum Style: String, Sendable, CaseIterable {
    case nameValue = "name-value"
    case nameEqualsValue = "name=value"
    case value
  }

  enum Skip: Sendable {
    case none, all
    case these(Set<String>)

    func skips(_ name: String) -> Bool {
      switch self {
      case .none: false
      case .all: true
      case .these(let names): names.contains(name)
      }
    }
  }

  let members: Members
  let style: Style
  let separator: String
  let isSorted: Bool
  let leaveOut: Set<String>
  let skipEmpty: Skip
  let isPercentEncoded: Bool
}
