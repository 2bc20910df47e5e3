import Testing

@testable import Networking

@Suite("The name resolver", .onThreads, .timeLimit(.minutes(1))) struct NameResolverTests {
  private static func resolve(
    _ resolver: NameResolver, _ host: String = "vendor.test", at now: MonotonicTime = .now
  ) async -> [String] {
    await withCheckedContinuation { continuation in
      if let known = resolver.addresses(of: host, at: now, completion: { continuation.resume(returning: $0) }) {
        continuation.resume(returning: known)
      }
    }
  }

  @Test("does not look up a name again while its addresses are fresh") func fresh() async {
    let count = Locked(0)
    let resolver = NameResolver { _ in
      count.withLock { $0 += 1 }
      return ["192.0.2.1", "2001:db8::1"]
    }
    for _ in 0..<3 { #expect(await Self.resolve(resolver) == ["192.0.2.1", "2001:db8::1"]) }
    #expect(count.withLock { $0 } == 1)
  }

  @Test("uses stale addresses while a look-up runs, and waits if they are too old") func stale() async {
    let held = HeldLookup()
    let isFirst = Locked(true)
    let resolver = NameResolver(freshness: .seconds(60), staleness: .seconds(600)) { host in
      let answersAtOnce = isFirst.withLock { first in
        defer { first = false }
        return first
      }
      return answersAtOnce ? ["192.0.2.1"] : held.lookup(host)
    }
    #expect(await Self.resolve(resolver) == ["192.0.2.1"])
    let later = MonotonicTime.now.advanced(by: .seconds(120))
    #expect(await Self.resolve(resolver, at: later) == ["192.0.2.1"])
    let muchLater = MonotonicTime.now.advanced(by: .seconds(700))
    async let waiting = Self.resolve(resolver, at: muchLater)
    held.release(["192.0.2.2"])
    #expect(await waiting == ["192.0.2.2"])
  }

  @Test("looks up a name again after a failure") func failure() async {
    let answers = Locked([[String](), ["192.0.2.1"]])
    let resolver = NameResolver { _ in answers.withLock { $0.removeFirst() } }
    #expect(await Self.resolve(resolver) == [])
    #expect(await Self.resolve(resolver) == ["192.0.2.1"])
  }

  @Test("resolves `localhost` with the system's resolver") func system() async {
    let addresses = await Self.resolve(.system, "localhost")
    #expect(addresses.contains("127.0.0.1") || addresses.contains("::1"))
  }
}
