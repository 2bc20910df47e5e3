/// An HTTP/1.1 client on one loop. libcurl connects; TLS is OpenSSL's. The codec is ours, because libcurl would by itself
/// send a request again on a fresh connection when a kept one had just closed, and a vendor's token must never be sent
/// twice.
public final class HTTPClient: @unchecked Sendable {
  let loop: EventLoop
  let options: HTTPClientOptions
  let dialer: Dialer
  private var pools: [HTTPOrigin: OriginPool] = [:]

  /// Call on the loop's thread or before the loop is used by anyone else.
  public init(loop: EventLoop, options: HTTPClientOptions = HTTPClientOptions()) {
    self.loop = loop
    self.options = options
    dialer = Dialer(loop: loop, options: options)
  }

  /// Sends a request once and returns the response, or the reason why there is none. Never sends it twice, never follows
  /// a redirect. Call from a task on the client's loop.
  public func send(
    _ request: HTTPClientRequest, _ options: HTTPSendOptions
  ) async -> Result<HTTPClientResponse, HTTPClientError> {
    loop.preconditionOnLoop()
    let pool = pools[request.origin] ?? makePool(request.origin)
    return await withUnsafeContinuation { continuation in
      pool.submit(PendingRequest(request, options, continuation))
    }
  }

  /// As above, with nothing but a deadline.
  public func send(
    _ request: HTTPClientRequest, deadline: MonotonicTime
  ) async -> Result<HTTPClientResponse, HTTPClientError> {
    await send(request, HTTPSendOptions(deadline: deadline))
  }

  private func makePool(_ origin: HTTPOrigin) -> OriginPool {
    let pool = OriginPool(origin, self)
    pools[origin] = pool
    return pool
  }

  /// The pool has no connection left and none in the making.
  func remove(_ pool: OriginPool) {
    if pools[pool.origin] === pool { pools[pool.origin] = nil }
  }

  /// Closes every connection; requests in flight end as if the server had closed. Call on the loop's thread.
  public func shutdown() {
    loop.preconditionOnLoop()
    let closing = Array(pools.values)
    for pool in closing { pool.shutdown() }
    pools = [:]
    dialer.cancel()
  }
}
