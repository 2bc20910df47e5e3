import JSON
import Networking
import NumberAuth
import Testing

@testable import Gateway

@Suite("The cache of SDK parameters") struct ParameterCacheTests {
  private let start = MonotonicTime(nanoseconds: 1_000_000_000_000)
  private let key = ParameterCache.Key(account: "a", app: "shop", request: "login https://shop.example.com")
  private let validity = Duration.seconds(300)

  private func after(_ seconds: Int) -> MonotonicTime { start.advanced(by: .seconds(seconds)) }

  private func parameters(_ text: String) -> ClientParameters {
    ClientParameters(parameters: JSONFragment { $0.object { $0.member("accessToken", text) } })
  }

  private func find(_ cache: ParameterCache, _ seconds: Int, limit: Int? = nil) -> ParameterCache.Decision {
    cache.find(key, at: after(seconds), limit: limit.map(after), deadline: after(seconds + 5))
  }

  private func end(_ cache: ParameterCache, _ outcome: ParameterCache.Outcome, from: Int, at: Int) {
    cache.end(key, outcome, validity, from: after(from), at: after(at))
  }

  private let failure = Failure(.vendorUnavailable, stage: .prepare, detail: "", delivery: .answered)

  @Test("asks the vendor once, until two thirds of the validity") func reuses() {
    let cache = ParameterCache()
    #expect(find(cache, 0) == .call)
    end(cache, .success(parameters("1")), from: 0, at: 1)
    #expect(find(cache, 1) == .cached(parameters("1")))
    #expect(find(cache, 199) == .cached(parameters("1")))
  }

  @Test("refreshes in the last third, with one call, while sessions use the previous parameters") func refreshes() {
    let cache = ParameterCache()
    _ = find(cache, 0)
    end(cache, .success(parameters("1")), from: 0, at: 1)
    #expect(find(cache, 200) == .refresh(parameters("1")))
    #expect(find(cache, 201) == .cached(parameters("1")))
    end(cache, .success(parameters("2")), from: 200, at: 202)
    #expect(find(cache, 202) == .cached(parameters("2")))
    #expect(find(cache, 399) == .cached(parameters("2")))
    #expect(find(cache, 400) == .refresh(parameters("2")))
  }

  @Test("asks the vendor again after the validity, which begins with the request") func expires() {
    let cache = ParameterCache()
    _ = find(cache, 0)
    end(cache, .success(parameters("1")), from: 0, at: 4)
    #expect(find(cache, 299) == .refresh(parameters("1")))
    // The refresh is still in flight.
    #expect(find(cache, 300) == .wait)
  }

  @Test("asks again after an expiry without a refresh") func expiresAtOnce() {
    let cache = ParameterCache()
    _ = find(cache, 0)
    end(cache, .success(parameters("1")), from: 0, at: 1)
    #expect(find(cache, 300) == .call)
  }

  @Test("does not store a failure") func failures() {
    let cache = ParameterCache()
    _ = find(cache, 0)
    end(cache, .failure(failure), from: 0, at: 1)
    #expect(find(cache, 1) == .call)
    #expect(cache.count == 0)
  }

  @Test("keeps the parameters if a refresh fails, and repeats the refresh after 10 s") func failedRefresh() {
    let cache = ParameterCache()
    _ = find(cache, 0)
    end(cache, .success(parameters("1")), from: 0, at: 1)
    #expect(find(cache, 210) == .refresh(parameters("1")))
    end(cache, .failure(failure), from: 210, at: 212)
    #expect(find(cache, 221) == .cached(parameters("1")))
    #expect(find(cache, 222) == .refresh(parameters("1")))
  }

  @Test("a session does not wait for a call that may end after its time limit") func limits() {
    let cache = ParameterCache()
    #expect(find(cache, 0) == .call)
    #expect(find(cache, 1, limit: 6) == .wait)
    #expect(find(cache, 1, limit: 4) == .callAlone)
  }

  @Test("gives the outcome of the call to the sessions that wait, also a failure") func waiters() async throws {
    let loop = try EventLoop.start(name: "test")
    defer { loop.stop() }
    let cache = ParameterCache()
    let (key, failure, validity, start) = (key, failure, validity, start)
    let outcome = await Task(executorPreference: loop) {
      _ = cache.find(key, at: start, limit: nil, deadline: start)
      loop.execute { cache.end(key, .failure(failure), validity, from: start, at: start) }
      return await cache.wait(for: key)
    }.value
    #expect(throws: failure) { try outcome?.get() }
    let nothing = await Task(executorPreference: loop) { await cache.wait(for: key) }.value
    #expect(nothing == nil)
  }

  @Test("removes expired results, then the oldest, to stay within its capacity") func bound() {
    let cache = ParameterCache()
    func key(_ index: Int) -> ParameterCache.Key {
      ParameterCache.Key(account: "a", app: "shop", request: "login https://\(index).example.com")
    }
    func add(_ index: Int, at seconds: Int) {
      cache.end(key(index), .success(parameters("\(index)")), validity, from: after(seconds), at: after(seconds))
    }
    func isStored(_ index: Int, at seconds: Int) -> Bool {
      cache.find(key(index), at: after(seconds), limit: nil, deadline: after(seconds))
        == .cached(parameters("\(index)"))
    }
    for index in 0..<ParameterCache.capacity { add(index, at: index == 1 ? 0 : 10) }
    add(1000, at: 20)
    #expect(cache.count == ParameterCache.capacity)
    #expect(!isStored(1, at: 20) && isStored(0, at: 20) && isStored(1000, at: 20))
    add(1001, at: 310)
    #expect(cache.count == 2)
  }
}
