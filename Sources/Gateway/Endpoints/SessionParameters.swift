import Configuration
import Networking
import NumberAuth

extension RequestHandler {
  /// The parameters for the front end's SDK: from the cache if the provider allows it, otherwise from the vendor.
  /// Returns nil if the product's SDK needs no parameters from the server.
  func prepare(
    _ call: PrepareClient, _ account: Account, _ context: CallContext, _ limit: MonotonicTime?,
    _ record: inout CallRecord
  ) async throws(Failure) -> ClientParameters? {
    guard let provider = account.preparing else { return nil }
    guard let reuse = provider.parameterReuse(for: call), let app = record.appId else {
      return try await request(call, provider, account, context, limit, &record)
    }
    let key = ParameterCache.Key(account: account.name, app: app, request: reuse.key)
    let cache = record.snapshot.parameters
    while true {
      let now = MonotonicTime.now
      let deadline = now.advanced(by: account.timeout)
      switch cache.find(key, at: now, limit: limit, deadline: limit.map { min($0, deadline) } ?? deadline) {
      case .cached(let parameters):
        record.billed = .no
        return parameters
      case .refresh(let parameters):
        refresh(call, provider, account, key, reuse, record)
        record.billed = .no
        return parameters
      case .wait:
        let result = await cache.wait(for: key)
        record.vendorNanoseconds += MonotonicTime.now.nanoseconds(since: now)
        // Nil if the call ended before the wait: the cache now has its parameters.
        guard let result else { continue }
        record.billed = .no
        return try result.get()
      case .call:
        do throws(Failure) {
          let parameters = try await request(call, provider, account, context, limit, &record)
          cache.end(key, .success(parameters), reuse.validity, from: now, at: .now)
          return parameters
        } catch {
          cache.end(key, .failure(error), reuse.validity, from: now, at: .now)
          throw error
        }
      case .callAlone: return try await request(call, provider, account, context, limit, &record)
      }
    }
  }

  /// Replaces parameters in the cache while sessions still use the previous ones. A failure appears in the metrics
  /// only.
  private func refresh(
    _ call: PrepareClient, _ provider: any ClientPreparing, _ account: Account, _ key: ParameterCache.Key,
    _ reuse: ParameterReuse, _ record: CallRecord
  ) {
    Task(executorPreference: vendorClient.loop) {
      var record = record
      let start = MonotonicTime.now
      let result: Result<ClientParameters, Failure>
      do throws(Failure) {
        result = .success(try await self.request(call, provider, account, self.newContext(), nil, &record))
      } catch {
        self.noteUnmapped(error, at: .wallClock)
        result = .failure(error)
      }
      record.snapshot.parameters.end(key, result, reuse.validity, from: start, at: .now)
    }
  }

  private func request(
    _ call: PrepareClient, _ provider: any ClientPreparing, _ account: Account, _ context: CallContext,
    _ limit: MonotonicTime?, _ record: inout CallRecord
  ) async throws(Failure) -> ClientParameters {
    try await deliver(.prepare, account, context, &record, limit: limit) { context throws(Failure) in
      try provider.prepare(call, context)
    } read: { _ in
      VendorResult("ok", billed: .no)
    }
  }
}
