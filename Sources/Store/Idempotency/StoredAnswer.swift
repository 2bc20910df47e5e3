public import NumberAuth

/// The answer to an idempotent request, or the reservation of its key while a gateway processes it.
public struct StoredAnswer: Sendable, Equatable {
  /// The HTTP status; 0: a reservation.
  public let status: Int
  /// SHA-256 of the body of the request.
  public let fingerprint: [UInt8]
  /// The body of the response.
  public let body: [UInt8]

  public init(status: Int, fingerprint: [UInt8], body: [UInt8]) {
    self.status = status
    self.fingerprint = fingerprint
    self.body = body
  }

  /// A reservation by a process. Its body is the time in milliseconds since the epoch, and the owner: 16 bytes,
  /// big-endian.
  init(reservedUntil time: WallTime, owner: UInt64, fingerprint: [UInt8]) {
    let bytes = [UInt64(bitPattern: time.milliseconds), owner].flatMap { number in
      (0..<8).map { UInt8(truncatingIfNeeded: number >> (56 - 8 * UInt64($0))) }
    }
    self.init(status: 0, fingerprint: fingerprint, body: bytes)
  }

  /// The time until which the request can be in progress, and the process; nil: it is answered.
  var reserved: (until: WallTime, owner: UInt64)? {
    guard status == 0, body.count == 16 else { return nil }
    func number(_ bytes: ArraySlice<UInt8>) -> UInt64 { bytes.reduce(0) { $0 << 8 | UInt64($1) } }
    return (WallTime(milliseconds: Int64(bitPattern: number(body[..<8]))), number(body[8...]))
  }

  private static let version: UInt8 = 1
  private static let headSize = 35

  /// Version (1 byte), status (2 bytes, big-endian), fingerprint (32 bytes), body.
  var encoded: [UInt8] {
    [Self.version, UInt8(truncatingIfNeeded: status >> 8), UInt8(truncatingIfNeeded: status)] + fingerprint + body
  }

  /// nil if the bytes have another format.
  init?(encoded: [UInt8]) {
    guard encoded.count >= Self.headSize, encoded[0] == Self.version else { return nil }
    status = Int(encoded[1]) << 8 | Int(encoded[2])
    fingerprint = Array(encoded[3..<Self.headSize])
    body = Array(encoded[Self.headSize...])
  }
}

/// An encrypted answer for the store.
public struct EncryptedAnswer: Sendable, Equatable {
  public let name: AnswerName
  public let expires: WallTime
  public let record: [UInt8]
}

/// A record that the store contains.
public struct StoredRecord: Sendable, Equatable {
  public let name: AnswerName
  public let expires: WallTime
  /// Encrypted; or `IdempotentRecord.interrupted`.
  public let record: [UInt8]
}
