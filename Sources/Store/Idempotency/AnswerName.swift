/// The name under which an answer is stored: a keyed hash of team, app, endpoint and `Idempotency-Key`.
public struct AnswerName: Sendable, Hashable {
  /// 32 bytes.
  public let bytes: [UInt8]

  public static func == (left: AnswerName, right: AnswerName) -> Bool { left.bytes == right.bytes }

  /// The bytes are a keyed hash, so eight of them suffice.
  public func hash(into hasher: inout Hasher) { hasher.combine(prefix) }

  var prefix: UInt64 { bytes.withUnsafeBytes { $0.loadUnaligned(as: UInt64.self) } }
}
