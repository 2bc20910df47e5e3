import Cryptography
public import Networking
public import NumberAuth

/// The idempotent requests of this process: those in flight, and the answers of the last minutes, encrypted. All event
/// loops share it. Each operation takes constant time under the lock of one of 16 shards.
///
/// Bounds: `Limits` for the answers; if a shard is full, its oldest answers are removed and are read from the store
/// again, or are lost without a store. Requests in flight and waiting requests are bounded by the limits of connections.
public final class IdempotencyRegistry: Sendable {
  /// Maximum numbers for all shards together.
  public struct Limits: Sendable {
    public var answers = 100_000
    public var bytes = 64 << 20

    public init() {}
  }

  public enum Beginning: Sendable, Equatable {
    /// Process the request, then call `keep` or `release`. `looksUp`: an answer may be in the store.
    case first(looksUp: Bool)
    /// The answer is stored; nil if it is not known because a crash interrupted the call.
    case answered(StoredAnswer?)
    /// A request with the same name and body is in flight. Use `wait`.
    case inFlight
    /// A request with the same name and another body is in flight or was answered.
    case otherBody
  }

  /// Figures for metrics.
  public struct Reading: Sendable {
    public var answers = 0
    /// Bytes of the encrypted answers.
    public var bytes = 0
    public var replayed: UInt64 = 0
    /// Answers removed before their time because a limit was reached.
    public var evicted: UInt64 = 0
    /// Requests with the key of another body.
    public var otherBodies: UInt64 = 0
    /// Requests that waited longer than their time limit.
    public var waitedTooLong: UInt64 = 0
    /// Requests without a key that received the answer of an identical call in flight.
    public var shared: UInt64 = 0
  }

  private struct Waiter {
    let number: UInt64
    let continuation: UnsafeContinuation<Bool, Never>
  }

  private struct Entry {
    let fingerprint: [UInt8]
    /// nil while the request is in flight. `IdempotentRecord.interrupted`: the answer is not known.
    var record: [UInt8]?
    var expires = MonotonicTime(nanoseconds: .max)
    var place: QueuePlace?
    var waiters: [Waiter] = []
  }

  private struct Shard {
    var entries: [AnswerName: Entry] = [:]
    /// The answers in the order in which they were added.
    var order = IndexedQueue<AnswerName>()
    var bytes = 0
    var nextWaiter: UInt64 = 0
    /// Until this time, answers can be in the store and not here.
    var looksUpUntil: MonotonicTime
  }

  private static let shardCount = 16
  private let shards: [Locked<Shard>]
  private let counts = Locked(Reading())
  private let ciphers: [AnswerCipher]
  private let limits: Limits
  /// How long answers are kept.
  public let life: Duration

  /// - Parameter keys: the first one encrypts; all of them decrypt.
  public init(_ settings: IdempotencySettings, _ keys: StoreKeys, limits: Limits = Limits(), now: MonotonicTime = .now)
  {
    life = settings.keep
    self.limits = limits
    ciphers = keys.answers
    shards = (0..<Self.shardCount).map { _ in Locked(Shard(looksUpUntil: now.advanced(by: settings.keep))) }
  }

  /// The names of a request: the first one is used here; an earlier process may have used another one.
  /// - Parameter endpoint: `login`, `verify` or `sessions`.
  public func names(team: String, app: String, endpoint: String, key: String) -> [AnswerName] {
    let text = Array([team, app, endpoint, key].joined(separator: "\0").utf8)
    return ciphers.map { $0.name(of: text) }
  }

  /// Identifies the body of a request.
  public static func fingerprint(_ body: [UInt8]) -> [UInt8] { DigestAlgorithm.sha256.hash(body) }

  public func begin(_ name: AnswerName, fingerprint: [UInt8], at now: MonotonicTime) -> Beginning {
    let (beginning, record) = shard(of: name).withLock { shard -> (Beginning, [UInt8]?) in
      removeExpired(&shard, at: now)
      guard let entry = shard.entries[name], now < entry.expires else {
        remove(name, &shard)
        shard.entries[name] = Entry(fingerprint: fingerprint)
        return (.first(looksUp: now < shard.looksUpUntil), nil)
      }
      guard let record = entry.record else {
        return (entry.fingerprint == fingerprint ? .inFlight : .otherBody, nil)
      }
      return (.inFlight, record)
    }
    guard let record else {
      if beginning == .otherBody { counts.withLock { $0.otherBodies += 1 } }
      return beginning
    }
    let answer = record == IdempotentRecord.interrupted ? nil : ciphers[0].open(record, name: name)
    let isOther = answer.map { $0.fingerprint != fingerprint } ?? false
    counts.withLock { if isOther { $0.otherBodies += 1 } else { $0.replayed += 1 } }
    return isOther ? .otherBody : .answered(answer)
  }

  /// Returns true when the request in flight has ended, or false at `deadline`. Called on `loop`.
  public func wait(for name: AnswerName, until deadline: MonotonicTime, on loop: EventLoop) async -> Bool {
    let hasEnded = await withUnsafeContinuation { (continuation: UnsafeContinuation<Bool, Never>) in
      let number = shard(of: name).withLock { shard -> UInt64? in
        guard let entry = shard.entries[name], entry.record == nil else { return nil }
        shard.nextWaiter += 1
        shard.entries[name]?.waiters.append(Waiter(number: shard.nextWaiter, continuation: continuation))
        return shard.nextWaiter
      }
      guard let number else {
        continuation.resume(returning: true)
        return
      }
      let now = MonotonicTime.now
      let wait = now < deadline ? deadline.nanoseconds(since: now) : 0
      loop.call(after: .nanoseconds(Int64(clamping: wait))) { [weak self] in self?.expire(number, of: name) }
    }
    if !hasEnded { counts.withLock { $0.waitedTooLong += 1 } }
    return hasEnded
  }

  private func expire(_ number: UInt64, of name: AnswerName) {
    let waiter = shard(of: name).withLock { shard -> Waiter? in
      guard let index = shard.entries[name]?.waiters.firstIndex(where: { $0.number == number }) else { return nil }
      return shard.entries[name]?.waiters.remove(at: index)
    }
    waiter?.continuation.resume(returning: false)
  }

  /// Encrypts an answer for `keep` and for the store; nil if OpenSSL cannot encrypt.
  public func seal(_ answer: StoredAnswer, name: AnswerName, at now: WallTime) -> EncryptedAnswer? {
    ciphers[0].seal(answer, name: name).map {
      EncryptedAnswer(name: name, expires: now.advanced(by: life), record: $0)
    }
  }

  /// Ends a request in flight with its encrypted answer.
  public func keep(_ answer: EncryptedAnswer, at now: MonotonicTime) {
    keep(answer.record, name: answer.name, until: now.advanced(by: life), at: now)
  }

  /// Ends a request in flight with a record of the store. Returns false, and does nothing, if the record has expired or
  /// cannot be decrypted.
  public func keep(_ stored: StoredRecord, name: AnswerName, at now: MonotonicTime, wallTime: WallTime) -> Bool {
    let rest = stored.expires.milliseconds - wallTime.milliseconds
    guard rest > 0 else { return false }
    var record = stored.record
    if record != IdempotentRecord.interrupted {
      guard let answer = ciphers.lazy.compactMap({ $0.open(stored.record, name: stored.name) }).first,
        let sealed = ciphers[0].seal(answer, name: name)
      else { return false }
      record = sealed
    }
    keep(record, name: name, until: now.advanced(by: min(.milliseconds(rest), life)), at: now)
    return true
  }

  /// Ends a request in flight that has no answer to keep: the next one with the same name is processed.
  public func release(_ name: AnswerName) {
    let waiters = shard(of: name).withLock { shard in shard.entries.removeValue(forKey: name)?.waiters ?? [] }
    for waiter in waiters { waiter.continuation.resume(returning: true) }
  }

  /// Counts a request that did not become the first one, because of a request to another gateway.
  public func count(_ claim: SharedIdempotency.Claim) {
    counts.withLock { counts in
      switch claim {
      case .answered, .interrupted: counts.replayed += 1
      case .otherBody: counts.otherBodies += 1
      case .inProgress: counts.waitedTooLong += 1
      case .first, .unavailable: break
      }
    }
  }

  /// Counts a request that received the answer of an identical call in flight.
  public func countShared() { counts.withLock { $0.shared += 1 } }

  public var reading: Reading {
    var reading = counts.withLock { $0 }
    for shard in shards {
      let (answers, bytes) = shard.withLock { ($0.order.count, $0.bytes) }
      reading.answers += answers
      reading.bytes += bytes
    }
    return reading
  }

  private func keep(_ record: [UInt8], name: AnswerName, until end: MonotonicTime, at now: MonotonicTime) {
    var evicted: UInt64 = 0
    let waiters = shard(of: name).withLock { shard -> [Waiter] in
      removeExpired(&shard, at: now)
      guard var entry = shard.entries[name], entry.record == nil else { return [] }
      defer { shard.entries[name] = entry }
      shard.bytes += record.count
      entry.record = record
      entry.expires = end
      entry.place = shard.order.append(name)
      let (count, bytes) = (limits.answers / Self.shardCount, limits.bytes / Self.shardCount)
      while shard.order.count > max(count, 1) || shard.bytes > bytes, let oldest = shard.order.first, oldest != name {
        shard.looksUpUntil = max(shard.looksUpUntil, shard.entries[oldest]?.expires ?? now)
        remove(oldest, &shard)
        evicted += 1
      }
      defer { entry.waiters = [] }
      return entry.waiters
    }
    if evicted > 0 { counts.withLock { $0.evicted += evicted } }
    for waiter in waiters { waiter.continuation.resume(returning: true) }
  }

  /// The answers are in the order of their expiry, except for those from the store, which expire earlier.
  private func removeExpired(_ shard: inout Shard, at now: MonotonicTime) {
    while let oldest = shard.order.first, let entry = shard.entries[oldest], entry.expires <= now {
      remove(oldest, &shard)
    }
  }

  private func remove(_ name: AnswerName, _ shard: inout Shard) {
    guard let entry = shard.entries.removeValue(forKey: name) else { return }
    if let place = entry.place { _ = shard.order.remove(place) }
    shard.bytes -= entry.record?.count ?? 0
  }

  private func shard(of name: AnswerName) -> Locked<Shard> { shards[Int(name.prefix % UInt64(Self.shardCount))] }
}
