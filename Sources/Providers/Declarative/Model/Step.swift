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

/// The action of a step. Provider files cannot define further actions.
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
  /// A negative start counts from the end. Unit: Unicode scalars of a text, or bytes.
  case slice(Template, from: Int, length: Int?)
  /// The value repeated and cut to a length.
  case repeated(Template, length: Int)
  case choose(Template, of: [(key: String, value: Template)], otherwise: Template?)
  /// The first value that is not empty.
  case first([Template])
  case join(Join)
  case canonicalRequest(headers: [String], payload: Template)
  /// A member of a JSON text.
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

  /// The inputs of a step. A key precedes the data it is applied to.
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

/// The format in which the nonce of the call is written.
enum NonceForm: Sendable, Equatable {
  /// 32 lower-case hexadecimal digits.
  case hex
  /// 8-4-4-4-12, version 4 (RFC 9562).
  case uuid
  case digits(Int)
}

/// The format in which a step writes bytes.
enum Encoding: String, Sendable, CaseIterable {
  case bytes, text
  case hex
  case upperHex = "HEX"
  case base64
  /// RFC 4648 §5, without padding.
  case base64url
  case percent

  var kind: ValueKind { self == .bytes ? .bytes : .text }
}

/// The format from which a step reads bytes.
enum Decoding: String, Sendable, CaseIterable {
  case bytes, hex, base64, base64url, percent
}

enum Cipher: String, Sendable, CaseIterable {
  case aesCBCEncrypt = "aes-cbc-encrypt"
  case aesCBCDecrypt = "aes-cbc-decrypt"
  case aesECBEncrypt = "aes-ecb-encrypt"
  case aesECBDecrypt = "aes-ecb-decrypt"
  case desCBCEncrypt = "des-cbc-encrypt"
  case desCBCDecrypt = "des-cbc-decrypt"
  case sm4CBCEncrypt = "sm4-cbc-encrypt"
  case sm4CBCDecrypt = "sm4-cbc-decrypt"
  case sm4ECBEncrypt = "sm4-ecb-encrypt"
  case sm4ECBDecrypt = "sm4-ecb-decrypt"

  var needsIV: Bool {
    switch self {
    case .aesECBEncrypt, .aesECBDecrypt, .sm4ECBEncrypt, .sm4ECBDecrypt: false
    default: true
    }
  }
  var isSM4: Bool {
    switch self {
    case .sm4CBCEncrypt, .sm4CBCDecrypt, .sm4ECBEncrypt, .sm4ECBDecrypt: true
    default: false
    }
  }
  var isDES: Bool { self == .desCBCEncrypt || self == .desCBCDecrypt }

  var decrypts: Bool {
    switch self {
    case .aesCBCDecrypt, .aesECBDecrypt, .desCBCDecrypt, .sm4CBCDecrypt, .sm4ECBDecrypt: true
    case .aesCBCEncrypt, .aesECBEncrypt, .desCBCEncrypt, .sm4CBCEncrypt, .sm4ECBEncrypt: false
    }
  }
}

/// Concatenated parameters: the input of a signature.
struct Join: Sendable {
  enum Members: Sendable {
    /// The parameters of the request, as they are sent.
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
