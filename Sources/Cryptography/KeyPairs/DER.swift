/// The parts of DER (X.690) that signatures and ciphertexts use: sequences of integers and octet strings.
enum DER {
  enum Tag: UInt8 {
    case integer = 0x02
    case octetString = 0x04
    case sequence = 0x30
  }

  static func encode(_ tag: Tag, _ content: [UInt8]) -> [UInt8] {
    var length = [UInt8(truncatingIfNeeded: content.count)]
    if content.count > 0x7f {
      length = []
      var rest = content.count
      while rest > 0 {
        length.insert(UInt8(truncatingIfNeeded: rest), at: 0)
        rest >>= 8
      }
      length.insert(0x80 | UInt8(length.count), at: 0)
    }
    return [tag.rawValue] + length + content
  }

  /// An unsigned number, big-endian.
  static func encode(integer number: some Collection<UInt8>) -> [UInt8] {
    let digits = number.drop { $0 == 0 }
    let needsZero = digits.first.map { $0 > 0x7f } ?? true
    return encode(.integer, (needsZero ? [0] : []) + digits)
  }
}

/// Reads DER from its start to its end.
struct DERReader {
  private var rest: ArraySlice<UInt8>

  init(_ bytes: some Sequence<UInt8>) { rest = ArraySlice(bytes) }

  var isAtEnd: Bool { rest.isEmpty }

  /// The content of the next element; nil if it does not have this tag, is incomplete, or does not have the shortest
  /// form of its length.
  mutating func next(_ tag: DER.Tag) -> ArraySlice<UInt8>? {
    guard rest.popFirst() == tag.rawValue, let first = rest.popFirst() else { return nil }
    var length = Int(first)
    if first > 0x7f {
      let count = Int(first & 0x7f)
      guard (1...4).contains(count), rest.count >= count, rest.first != 0 else { return nil }
      length = rest.prefix(count).reduce(0) { $0 << 8 | Int($1) }
      rest.removeFirst(count)
      guard length > 0x7f else { return nil }
    }
    guard length <= rest.count else { return nil }
    defer { rest.removeFirst(length) }
    return rest.prefix(length)
  }

  /// The next element: an unsigned number of at most `size` bytes, padded with zeros on the left.
  mutating func nextInteger(size: Int) -> [UInt8]? {
    guard let content = next(.integer), let first = content.first, first <= 0x7f else { return nil }
    let digits = content.drop { $0 == 0 }
    guard content.count - digits.count <= 1, digits.count <= size else { return nil }
    return [UInt8](repeating: 0, count: size - digits.count) + digits
  }
}
