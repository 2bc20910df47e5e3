private import CSimdJSON

/// An append-only byte buffer. All memory of the array is initialised; `count` is the number of written bytes. A write
/// checks the capacity once and then uses a pointer, while `Array.append` checks for each piece.
public struct ByteBuffer: Sendable {
  /// At least `count` elements. The content of further elements is undefined.
  private var storage: [UInt8]
  public private(set) var count = 0

  public init(capacity: Int) { storage = [UInt8](repeating: 0, count: capacity) }

  /// Reuses the memory of an array and leaves the array empty.
  public init(reusing memory: inout [UInt8]) {
    storage = []
    swap(&storage, &memory)
    let length = max(storage.capacity, 256)
    storage.append(contentsOf: repeatElement(0, count: length - storage.count))
  }

  var bytes: [UInt8] { Array(storage[..<count]) }

  mutating func removeAll() { count = 0 }

  /// Removes what has been written and returns it without a copy.
  public mutating func take() -> [UInt8] {
    var result: [UInt8] = []
    swap(&result, &storage)
    result.removeLast(result.count - count)
    count = 0
    return result
  }

  /// Reserves `size` bytes and calls `body` with a pointer to them; `body` returns the number of bytes that it wrote.
  @inline(__always)
  private mutating func write(atMost size: Int, _ body: (UnsafeMutablePointer<UInt8>) -> Int) {
    if storage.count - count < size { grow(by: size) }
    // The pointer is used only inside `body`, for at most `size` bytes of initialised memory.
    count += storage.withUnsafeMutableBufferPointer { body($0.baseAddress! + count) }
  }

  @inline(never)
  private mutating func grow(by size: Int) {
    let wanted = max(size - (storage.count - count), storage.count, 64)
    storage.append(contentsOf: repeatElement(0, count: wanted))
  }

  public mutating func append(_ byte: UInt8) {
    write(atMost: 1) {
      $0.pointee = byte
      return 1
    }
  }

  mutating func append(_ text: StaticString) {
    let length = text.utf8CodeUnitCount
    write(atMost: length) {
      $0.update(from: text.utf8Start, count: length)
      return length
    }
  }

  public mutating func append(_ bytes: [UInt8]) {
    bytes.withUnsafeBufferPointer { append($0) }
  }

  /// Appends the UTF-8 bytes of a text.
  public mutating func append(_ text: String) {
    let isContiguous: Void? = text.utf8.withContiguousStorageIfAvailable { append($0) }
    if isContiguous == nil { append(Array(text.utf8)) }
  }

  private mutating func append(_ bytes: UnsafeBufferPointer<UInt8>) {
    guard let start = bytes.baseAddress else { return }
    write(atMost: bytes.count) {
      $0.update(from: start, count: bytes.count)
      return bytes.count
    }
  }

  /// The last byte written; nil for an empty buffer.
  public var last: UInt8? { count > 0 ? storage[count - 1] : nil }

  /// Appends a member's name with quotes and colon. The name must not contain characters that need an escape.
  mutating func append(_ key: StaticString, afterComma: Bool) {
    let length = key.utf8CodeUnitCount
    write(atMost: length + 4) { output in
      var at = output
      func put(_ byte: UInt8) {
        at.pointee = byte
        at += 1
      }
      if afterComma { put(UInt8(ascii: ",")) }
      put(UInt8(ascii: "\""))
      at.update(from: key.utf8Start, count: length)
      at += length
      put(UInt8(ascii: "\""))
      put(UInt8(ascii: ":"))
      return at - output
    }
  }

  /// Appends the decimal digits of a whole number.
  mutating func append(decimal int: Int) {
    write(atMost: 20) { output in
      var at = output
      if int < 0 {
        at.pointee = UInt8(ascii: "-")
        at += 1
      }
      var rest = int.magnitude
      var divisor: UInt = 1
      while rest / divisor >= 10 { divisor *= 10 }
      while divisor > 0 {
        at.pointee = UInt8(ascii: "0") + UInt8(rest / divisor)
        at += 1
        rest %= divisor
        divisor /= 10
      }
      return at - output
    }
  }

  /// Appends a text as a JSON string.
  public mutating func append(quoted string: String) {
    let isContiguous: Void? = string.utf8.withContiguousStorageIfAvailable { append(quoted: $0) }
    if isContiguous == nil { Array(string.utf8).withUnsafeBufferPointer { append(quoted: $0) } }
  }

  private mutating func append(quoted utf8: UnsafeBufferPointer<UInt8>) {
    // Most texts need no escapes. An escaped byte needs at most six bytes.
    let escapes = numgate_json_escapes(utf8.baseAddress, utf8.count)
    write(atMost: utf8.count + escapes * 5 + 2) { output in
      var at = output
      at.pointee = UInt8(ascii: "\"")
      at += 1
      if escapes == 0 {
        if let start = utf8.baseAddress { at.update(from: start, count: utf8.count) }
        at += utf8.count
      } else {
        for byte in utf8 { at = Self.put(byte, at) }
      }
      at.pointee = UInt8(ascii: "\"")
      return at + 1 - output
    }
  }

  @inline(__always)
  private static func needsEscape(_ byte: UInt8) -> Bool { byte < 0x20 || byte == 0x22 || byte == 0x5c }

  /// Writes one byte of a JSON string, escaped if necessary, and returns the position after it.
  private static func put(_ byte: UInt8, _ output: UnsafeMutablePointer<UInt8>) -> UnsafeMutablePointer<UInt8> {
    guard needsEscape(byte) else {
      output.pointee = byte
      return output + 1
    }
    output[0] = UInt8(ascii: "\\")
    switch byte {
    case 0x22, 0x5c: output[1] = byte
    case 0x0a: output[1] = UInt8(ascii: "n")
    case 0x0d: output[1] = UInt8(ascii: "r")
    case 0x09: output[1] = UInt8(ascii: "t")
    default:
      let digits: StaticString = "0123456789abcdef"
      output[1] = UInt8(ascii: "u")
      output[2] = UInt8(ascii: "0")
      output[3] = UInt8(ascii: "0")
      output[4] = digits.utf8Start[Int(byte >> 4)]
      output[5] = digits.utf8Start[Int(byte & 15)]
      return output + 6
    }
    return output + 2
  }
}

extension [UInt8] {
  /// Appends a text as a JSON string.
  public mutating func appendQuoted(_ string: String) {
    var buffer = ByteBuffer(capacity: string.utf8.count + 2)
    buffer.append(quoted: string)
    append(contentsOf: buffer.take())
  }
}
