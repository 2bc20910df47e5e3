import Networking
import NumberAuth
import Testing

@testable import Store

@Suite("Idempotent answers") struct IdempotencyRegistryTests {
  private static let key = Secret("an example of a key of the store")
  private static let start = MonotonicTime(nanoseconds: 1_000_000_000_000)
  private let now = WallTime(milliseconds: 1_800_000_000_000)
  private let body = [UInt8](repeating: 1, count: 32)
  private let otherBody = [UInt8](repeating: 2, count: 32)

  private func registry(
    keys: [Secret] = [key], limits: IdempotencyRegistry.Limits = .init()
  ) -> IdempotencyRegistry {
    IdempotencyRegistry(IdempotencySettings(), StoreKeys(keys), limits: limits, now: Self.start)
  }

  private func name(_ registry: IdempotencyRegistry, _ key: String) -> AnswerName {
    registry.names(team: "team", app: "app", endpoint: "login", key: key)[0]
  }

  private func answer(_ text: String, status: Int = 200) -> StoredAnswer {
    StoredAnswer(status: status, fingerprint: body, body: Array(text.utf8))
  }

  /// Begins a request and keeps an answer.
  private func add(_ registry: IdempotencyRegistry, _ name: AnswerName, at time: MonotonicTime = start) throws {
    _ = registry.begin(name, fingerprint: body, at: time)
    registry.keep(try #require(registry.seal(answer("first"), name: name, at: now)), at: time)
  }

  @Test("The first answer is replayed until it expires, for the same body only") func replay() throws {
    let registry = registry()
    let name = name(registry, "k")
    #expect(registry.begin(name, fingerprint: body, at: Self.start) == .first(looksUp: true))
    #expect(registry.begin(name, fingerprint: body, at: Self.start) == .inFlight)
    #expect(registry.begin(name, fingerprint: otherBody, at: Self.start) == .otherBody)
    registry.keep(try #require(registry.seal(answer("first"), name: name, at: now)), at: Self.start)
    let later = Self.start.advanced(by: .seconds(599))
    #expect(registry.begin(name, fingerprint: body, at: later) == .answered(answer("first")))
    #expect(registry.begin(name, fingerprint: otherBody, at: later) == .otherBody)
    #expect(registry.reading.answers == 1 && registry.reading.replayed == 1 && registry.reading.otherBodies == 2)
    // The store has no answer of this process that is not here.
    #expect(
      registry.begin(name, fingerprint: otherBody, at: Self.start.advanced(by: .seconds(600))) == .first(looksUp: false)
    )
    #expect(registry.reading.answers == 0 && registry.reading.bytes == 0)
  }

  @Test("A request without an answer to keep is processed again") func release() {
    let registry = registry()
    let name = name(registry, "k")
    _ = registry.begin(name, fingerprint: body, at: Self.start)
    registry.release(name)
    #expect(registry.begin(name, fingerprint: otherBody, at: Self.start) == .first(looksUp: true))
  }

  @Test("Teams, apps, endpoints and keys have different names") func names() {
    let registry = registry()
    let names = [("a", "b", "c", "d"), ("ab", "", "c", "d"), ("a", "b", "c", "e"), ("a", "b", "x", "d")].map {
      registry.names(team: $0.0, app: $0.1, endpoint: $0.2, key: $0.3)[0]
    }
    #expect(Set(names).count == names.count)
    #expect(names.allSatisfy { $0.bytes.count == 32 })
  }

  @Test("The oldest answers are removed at the limit of entries and of bytes, and are then read from the store")
  func bounds() throws {
    // 16 shards: two answers, or 250 bytes, in each of them.
    var entries = IdempotencyRegistry.Limits()
    entries.answers = 32
    var bytes = IdempotencyRegistry.Limits()
    bytes.bytes = 16 * 250
    for limits in [entries, bytes] {
      let registry = registry(limits: limits)
      let names = (0..<200).map { name(registry, "\($0)") }
      let later = Self.start.advanced(by: .seconds(700))
      for name in names { try add(registry, name, at: later) }
      let reading = registry.reading
      #expect(reading.answers <= limits.answers && reading.bytes <= limits.bytes && reading.evicted > 0)
      #expect(Int(reading.evicted) + reading.answers == 200)
      #expect(registry.begin(names[199], fingerprint: body, at: later) == .answered(answer("first")))
      #expect(registry.begin(names[0], fingerprint: body, at: later) == .first(looksUp: true))
    }
  }

  @Test("A record of the store is replayed for the rest of its life, also if the first key has changed")
  func stored() throws {
    let old = registry()
    let sealed = try #require(old.seal(answer("first", status: 422), name: name(old, "k"), at: now))
    #expect(!sealed.record.contains(sequence: Array("first".utf8)))
    let record = StoredRecord(name: sealed.name, expires: sealed.expires, record: sealed.record)
    let keys = [Secret("another key of the store, 32 bytes"), Self.key]
    let new = registry(keys: keys)
    let names = new.names(team: "team", app: "app", endpoint: "login", key: "k")
    #expect(names[1] == sealed.name && names[0] != names[1])
    _ = new.begin(names[0], fingerprint: body, at: Self.start)
    let later = WallTime(milliseconds: now.milliseconds + 500_000)
    #expect(new.keep(record, name: names[0], at: Self.start, wallTime: later))
    #expect(new.begin(names[0], fingerprint: body, at: Self.start) == .answered(answer("first", status: 422)))
    #expect(
      new.begin(names[0], fingerprint: body, at: Self.start.advanced(by: .seconds(100))) == .first(looksUp: true))
    // Expired, and sealed under another name.
    #expect(!new.keep(record, name: names[0], at: Self.start, wallTime: sealed.expires))
    let moved = StoredRecord(name: names[0], expires: sealed.expires, record: sealed.record)
    #expect(!new.keep(moved, name: names[0], at: Self.start, wallTime: now))
  }

  @Test("An interrupted call has no answer for any body") func interrupted() {
    let registry = registry()
    let name = name(registry, "k")
    _ = registry.begin(name, fingerprint: body, at: Self.start)
    let record = StoredRecord(name: name, expires: now.advanced(by: .seconds(9)), record: IdempotentRecord.interrupted)
    #expect(registry.keep(record, name: name, at: Self.start, wallTime: now))
    #expect(registry.begin(name, fingerprint: otherBody, at: Self.start) == .answered(nil))
  }

  @Test("A request waits until the first one ends, or until its time limit") func waits() async throws {
    let registry = registry()
    let loop = try EventLoop.start(name: "test")
    let name = name(registry, "k")
    _ = registry.begin(name, fingerprint: body, at: Self.start)
    let expired = await Task(executorPreference: loop) {
      await registry.wait(for: name, until: .now, on: loop)
    }.value
    #expect(!expired && registry.reading.waitedTooLong == 1)
    async let ended = Task(executorPreference: loop) {
      await registry.wait(for: name, until: .now.advanced(by: .seconds(60)), on: loop)
    }.value
    registry.release(name)
    #expect(await ended)
    loop.stop()
  }

  @Test("An answer is in the database with its row, encrypted, and is found after a restart") func database()
    async throws
  {
    let folder = TemporaryFolder()
    let loop = try EventLoop.start(name: "test")
    let registry = registry()
    let name = name(registry, "k")
    let sealed = try #require(registry.seal(answer("13800001234"), name: name, at: .systemClock))
    let first = try Ledger(StoreSettings(path: folder.path), LedgerSettings()) { _ in }
    let queue = first.queue(on: loop)
    let written = await Task(executorPreference: loop) {
      await queue.waitUntilCommitted(queue.append(.example(), intent: nil, answer: sealed))
    }.value
    #expect(written)
    await first.close()
    #expect(folder.query("SELECT count(*), (SELECT count(*) FROM calls) FROM answers") == ["1|1"])
    #expect(folder.query("SELECT instr(record, '13800001234') FROM answers") == ["0"])
    let second = try Ledger(StoreSettings(path: folder.path), LedgerSettings()) { _ in }
    let found = await second.answer(named: [self.name(registry, "other"), name])
    #expect(found?.record == sealed.record && found?.expires == sealed.expires && found?.name == name)
    #expect(await second.answer(named: [self.name(registry, "other")]) == nil)
    await second.close()
    loop.stop()
  }
}

extension [UInt8] {
  fileprivate func contains(sequence: [UInt8]) -> Bool {
    indices.contains { self[$0...].starts(with: sequence) }
  }
}
