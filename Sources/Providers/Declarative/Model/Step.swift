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
  /// The time of the call, or a later one.
  case time(WallTime.Form, WallTime.Zone, after: Duration)
  case nonce(NonceForm)
  case digest(DigestAlgorithm, Template, Encoding)
  case hmac(DigestAlgorithm, Template, key: Template, Encoding)
  /// The key of a key pair is a field of the account.
  case sign(SignatureAlgorithm, Template, key: String, Encoding)
  /// Yields its input if the signature is valid.
  case verify(SignatureAlgorithm, Template, signature: Template, Decoding, key: String)
  case encrypt(KeyPairCipher, Template, key: String, Encoding)
  case decrypt(KeyPairCipher, Template, Decoding, key: String, Encoding)
  case cipher(CipherStep)
  case encode(Template, Encoding)
  case decode(Template, Decoding, Encoding)
  /// Texts and bytes, one after another.
  case concat([Template], Encoding)
  case upper(Template)
  case lower(Template)
  /// Unit: Unicode scalars of a text, or bytes.
  case slice(Template, SliceRange)
  /// The value repeated and cut to a length.
  case repeated(Template, length: Int)
  case choose(Template, of: [(key: String, value: Template)], otherwise: Template?)
  /// The first value that is not empty.
  case first([Template])
  case join(Join)
  case canonicalRequest(headers: [String], payload: Template)
  /// A member of a JSON text.
  case member(Template, at: [JSONPointer])
  /// A JSON text.
  case json(JSONForm)
}

extension StepAction {
  /// Whether the step takes much longer than the rest of a call, so that it waits for a turn of the event loop
  /// (`PrivateKeyUse`). Measured with OpenSSL 3.0: an RSA private key needs 0.1 ms with 1024 bits and 0.9 ms with 2048;
  /// SM2, for which OpenSSL has no optimised code, needs about 0.5 ms for each operation, also with a public key. ECDSA
  /// with P-256 signs in 0.03 ms and verifies in 0.08 ms; an RSA public key needs 0.02 ms.
  var isSlow: Bool {
    switch self {
    case .sign(.rsa, _, _, _), .decrypt(.rsa, _, _, _, _): true
    case .sign(.sm2, _, _, _), .verify(.sm2, _, _, _, _), .encrypt(.sm2, _, _, _), .decrypt(.sm2, _, _, _, _): true
    default: false
    }
  }

  var digest: DigestAlgorithm? {
    switch self {
    case .digest(let digest, _, _), .hmac(let digest, _, _, _): digest
    case .sign(let algorithm, _, _, _), .verify(let algorithm, _, _, _, _): algorithm.digest
    case .encrypt(let cipher, _, _, _), .decrypt(let cipher, _, _, _, _): cipher.digest
    case .canonicalRequest: .sha256
    case .text, .time, .nonce, .cipher, .encode, .decode, .concat, .upper, .lower, .slice, .repeated, .choose, .first,
      .join, .member, .json:
      nil
    }
  }

  /// The field of the account that contains the key of a key pair.
  var keyField: String? {
    switch self {
    case .sign(_, _, let key, _), .verify(_, _, _, _, let key), .encrypt(_, _, let key, _),
      .decrypt(_, _, _, let key, _):
      key
    default: nil
    }
  }

  /// The inputs of a step. A key precedes the data it is applied to.
  var operands: [Template] {
    switch self {
    case .time, .nonce: []
    case .text(let operand), .digest(_, let operand, _), .sign(_, let operand, _, _), .encrypt(_, let operand, _, _),
      .decrypt(_, let operand, _, _, _), .encode(let operand, _), .decode(let operand, _, _), .upper(let operand),
      .lower(let operand), .slice(let operand, _), .repeated(let operand, _), .member(let operand, _):
      [operand]
    case .hmac(_, let operand, let key, _): [key, operand]
    case .verify(_, let operand, let signature, _, _): [signature, operand]
    case .cipher(let step):
      [step.key] + [step.iv, step.additionalData, step.tag].compactMap { $0 } + [step.operand]
    case .concat(let parts, _): parts
    case .choose(let operand, let choices, let otherwise):
      choices.map(\.value) + [otherwise].compactMap { $0 } + [operand]
    case .first(let choices): choices
    case .join(let join): if case .written(let parameters) = join.members { parameters.map(\.value) } else { [] }
    case .canonicalRequest(_, let payload): [payload]
    case .json(let form): form.templates
    }
  }
}

/// A part of a value. Negative positions count from the end.
struct SliceRange: Sendable {
  enum End: Sendable {
    case length(Int)
    case position(Int)
    case end
  }

  let start: Int
  let end: End

  /// The positions in a value of `count` units.
  func positions(in count: Int) -> Range<Int> {
    func position(_ place: Int) -> Int { min(max(place >= 0 ? place : count + place, 0), count) }
    let first = position(start)
    let last =
      switch end {
      case .length(let length): min(first + length, count)
      case .position(let place): position(place)
      case .end: count
      }
    return first..<max(first, last)
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
