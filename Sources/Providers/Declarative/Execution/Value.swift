import JSON
import NumberAuth

/// The value of a template or a step.
enum Value: Sendable, Equatable {
  case text(String)
  case bytes([UInt8])

  /// The maximum size of a value, a query or a body, in bytes; far above any vendor's limit. Without a limit, the size
  /// could double with each step, because a step can use an earlier step twice.
  static let maximumSize = 256 << 10

  /// The text. `TemplateReader` rejects bytes where text is required.
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

/// A template or step bound to one account. Parts that depend only on the account are already computed.
enum Bound: Sendable {
  typealias Work = @Sendable (inout Evaluation) throws(Failure) -> Value

  case constant(Value)
  case call(CallValue)
  /// A step, by its index.
  case step(Int)
  /// Concatenated texts.
  case texts([Bound])
  case work(Work)

  func value(_ evaluation: inout Evaluation) throws(Failure) -> Value {
    switch self {
    case .constant(let value): value
    case .call(let value): .text(evaluation.call.text(value))
    case .step(let index): try evaluation.step(index)
    // A text with `${request.body}` in GBK is not UTF-8, and a signature covers its bytes.
    case .texts: Self.value(of: try bytes(&evaluation))
    case .work(let work): try work(&evaluation)
    }
  }

  private static func value(of bytes: [UInt8]) -> Value {
    String(validating: bytes, as: UTF8.self).map { .text($0) } ?? .bytes(bytes)
  }

  func text(_ evaluation: inout Evaluation) throws(Failure) -> String { try value(&evaluation).text }

  /// The bytes of the value; a text as UTF-8.
  func bytes(_ evaluation: inout Evaluation) throws(Failure) -> [UInt8] {
    var output = ByteBuffer(capacity: 256)
    try append(to: &output, &evaluation)
    return output.take()
  }

  /// Appends the bytes of the value. Avoids creating a `String` for a text that is only signed or hashed.
  func append(to output: inout ByteBuffer, _ evaluation: inout Evaluation) throws(Failure) {
    switch self {
    case .constant(let value): output.append(value)
    case .call(let value): output.append(evaluation.call.text(value))
    case .step(let index): try evaluation.append(step: index, to: &output)
    case .texts(let pieces):
      let start = output.count
      for piece in pieces {
        try piece.append(to: &output, &evaluation)
        if output.count - start > Value.maximumSize { throw evaluation.tooLarge("A text") }
      }
    case .work(let work): output.append(try work(&evaluation))
    }
  }

  var constant: Value? {
    if case .constant(let value) = self { value } else { nil }
  }
}

extension ByteBuffer {
  fileprivate mutating func append(_ value: Value) {
    switch value {
    case .text(let text): append(text)
    case .bytes(let bytes): append(bytes)
    }
  }
}
