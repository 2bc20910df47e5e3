import NumberAuth

/// What a template or a step comes to.
enum Value: Sendable, Equatable {
  case text(String)
  case bytes([UInt8])

  /// The most bytes of a value, a query or a body: each step may use the one before it twice, and twice as much sixty
  /// times is more than there is. No vendor takes a hundredth of it.
  static let largest = 256 << 10

  /// The text; the reader has made sure that no bytes come where text is needed.
  var text: String {
    switch self {
    case .text(let text): text
    case .bytes(let bytes): String(decoding: bytes, as: UTF8.self)
    }
  }

  var bytes: [UInt8] {
    switch self {
    case .text(let text): Array(text.utf8)
    case .bytes(let bytes): bytes
    }
  }

  /// In bytes.
  var size: Int {
    switch self {
    case .text(let text): text.utf8.count
    case .bytes(let bytes): bytes.count
    }
  }

  var isEmpty: Bool {
    switch self {
    case .text(let text): text.isEmpty
    case .bytes(let bytes): bytes.isEmpty
    }
  }
}

/// A template or step bound to one account: what depends on the account alone is worked out already.
enum Bound: Sendable {
  typealias Work = @Sendable (inout Frame) throws(Failure) -> Value

  case constant(Value)
  case work(Work)

  func value(_ frame: inout Frame) throws(Failure) -> Value {
    switch self {
    case .constant(let value): value
    case .work(let work): try work(&frame)
    }
  }

  func text(_ frame: inout Frame) throws(Failure) -> String { try value(&frame).text }

  var constant: Value? {
    if case .constant(let value) = self { value } else { nil }
  }
}
