public import Networking
public import NumberAuth

/// The idempotent requests of all gateways, in the shared database. The first gateway that receives a request reserves
/// its key; the others wait for its answer.
public final class SharedIdempotency: Sendable {
  /// The outcome of `claim`.
  public enum Claim: Sendable, Equatable {
    /// Process the request, then call `store` or `release`.
    case first(Reservation)
    /// Another gateway, or an earlier process, has answered the request.
    case answered(StoredAnswer)
    /// The gateway that processed the request ended during the call, so that its result is not known.
    case interrupted
    /// A request with the same key and another body is in flight or was answered.
    case otherBody
    /// Another gateway was still processing the request at the end of the wait.
    case inProgress
    /// The database is not available: the key is known to this gateway only. Call `store` or `release` as for the first
    /// request: the database may be available then.
    case unavailable(Reservation)
  }

  /// The key of a request that this gateway processes.
  public struct Reservation: Sendable, Equatable {
    fileprivate let name: AnswerName
    fileprivate let record: [UInt8]
  }

  /// What is known of a request, and its record.
  private struct Known {
    let answer: StoredAnswer
    let reservation: Reservation
  }

  private static let shortestPause = Duration.milliseconds(20)
  private static let longestPause = Duration.milliseconds(200)
  /// Added to the longest wait. A gateway whose reservation is older has crashed.
  private static let grace = Duration.seconds(10)

  private let answers: SharedAnswers
  /// Identifies this process in reservations.
  private let owner = UInt64.random(in: 1 ... .max)
  private let ciphers: [AnswerCipher]
  private let life: Duration
  private let clock: @Sendable () -> WallTime

  /// - Parameters:
  ///   - keys: The first one encrypts; all of them decrypt. The same on all gateways, in any order.
  ///   - life: How long answers are kept.
  public init(
    _ answers: SharedAnswers, _ keys: StoreKeys, life: Duration,
    clock: @escaping @Sendable () -> WallTime = { .systemClock }
  ) {
    self.answers = answers
    ciphers = keys.answers
    self.life = life
    self.clock = clock
  }

  /// Reserves the key of a request, or returns what is known of it. Waits for another gateway that processes it, at most
  /// for `time`. Called on `loop`. This process must not be processing another request with the key.
  /// - Parameters:
  ///   - names: Those of `IdempotencyRegistry.names`.
  ///   - time: The longest time that a vendor call of the request can take.
  ///   - repeatsInterrupted: Whether a request is processed again whose gateway has crashed. Otherwise it is
  ///     `interrupted`.
  public func claim(
    _ names: [AnswerName], fingerprint: [UInt8], within time: Duration, repeatsInterrupted: Bool, on loop: EventLoop
  ) async -> Claim {
    let end = MonotonicTime.now.advanced(by: time)
    let longest = time + time + Self.grace
    var pause = Self.shortestPause
    while true {
      let reservation = StoredAnswer(
        reservedUntil: clock().advanced(by: longest), owner: owner, fingerprint: fingerprint)
      let own = Reservation(name: names[0], record: ciphers[0].seal(reservation, name: names[0]) ?? [])
      let known: Known
      switch await reserve(own, otherNames: names.dropFirst(), life: max(life, longest)) {
      case .success(nil): return .first(own)
      case .success(let other?): known = other
      case .failure: return .unavailable(own)
      }
      guard known.answer.fingerprint == fingerprint else { return .otherBody }
      guard let (deadline, other) = known.answer.reserved else { return .answered(known.answer) }
      // An own one could not be released when its request ended. Others have crashed.
      if other == owner || deadline < clock() {
        guard other == owner || repeatsInterrupted else { return .interrupted }
        guard await release(known.reservation) else { return .unavailable(own) }
        continue
      }
      guard MonotonicTime.now < end else { return .inProgress }
      await loop.sleep(for: pause * Double.random(in: 1...2))
      pause = min(pause * 2, Self.longestPause)
    }
  }

  /// Returns nil if the name is reserved now.
  private func reserve(
    _ own: Reservation, otherNames: ArraySlice<AnswerName>, life: Duration
  ) async -> Result<Known?, PostgresError> {
    switch await load(otherNames) {
    case .success(nil): break
    case let found: return found
    }
    switch await answers.insert(own.name.bytes, own.record, life: life) {
    case .success(.stored):
      // A gateway whose keys are in another order has reserved another name at the same time: one of both must stop,
      // and cannot know if the other one does.
      switch await load(otherNames) {
      case .success(nil): return .success(nil)
      case let found:
        _ = await release(own)
        return found
      }
    case .success(.existing(let record)):
      if let known = open(record, own.name) { return .success(known) }
      // It was sealed with a key that is not used any more.
      return await answers.replace(own.name.bytes, own.record, life: life).map { nil }
    case .failure(let error): return .failure(error)
    }
  }

  private func load(_ names: ArraySlice<AnswerName>) async -> Result<Known?, PostgresError> {
    for name in names {
      switch await answers.load(name.bytes) {
      case .success(let record?): if let known = open(record, name) { return .success(known) }
      case .success(nil): continue
      case .failure(let error): return .failure(error)
      }
    }
    return .success(nil)
  }

  private func open(_ record: [UInt8], _ name: AnswerName) -> Known? {
    ciphers.lazy.compactMap { $0.open(record, name: name) }.first.map {
      Known(answer: $0, reservation: Reservation(name: name, record: record))
    }
  }

  /// Replaces the reservation by the answer. Returns whether other gateways can read it.
  public func store(_ answer: EncryptedAnswer) async -> Bool {
    if case .success = await answers.replace(answer.name.bytes, answer.record, life: life) { true } else { false }
  }

  /// Ends the reservation of a request that has no answer to keep. Returns whether the database has removed it, or did
  /// not have it.
  @discardableResult
  public func release(_ reservation: Reservation) async -> Bool {
    if case .success = await answers.remove(reservation.name.bytes, reservation.record) { true } else { false }
  }
}
