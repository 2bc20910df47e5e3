/// An HTTP/1.1 client on one loop. libcurl connects; TLS is OpenSSL's. The codec is ours, because libcurl would by itself
/// send a request again on a fresh connection when a kept one had just closed, and a vendor's token must never be sent
/// twice.
public final class HTTPClient: @unchecked Sendable {
  let loop: EventLoop
  let options: HTTPClientOptions
  let dialer: Dialer
  private var pools: [HTTPOrigin: OriginPool] = [:]
  /// The pool of the request before: most requests go to the same origin.
  private var latestPool: OriginPool?
  /// Finished requests, kept for the next ones.
  private var spareRequests: [PendingRequest] = []

  /// Call on the loop's thread or before the loop is used by anyone else.
  public init(loop: EventLoop, options: HTTPClientOptions = HTTPClientOptions()) {
    self.loop = loop
    self.options = options
    dialer = Dialer(loop: loop, options: options)
  }

  /// Sends a request once and returns the response, or the reason why there is none. Never sends it twice, never follows
  /// a redirect. Call from a task on the client's loop.
  ///
  /// - Parameters:
  ///   - target: Path and query as they go over the wire.
  ///   - givesHost: Whether `fields` appends a `Host` of its own.
  ///   - fields: Appends the fields but `Content-Length`.
  public func send(
    _ method: String, _ target: String, to origin: HTTPOrigin, body: [UInt8], _ options: HTTPSendOptions,
    givesHost: Bool = false, fields: (inout HTTPRequestWriter) -> Void
  ) async -> Result<HTTPClientResponse, HTTPClientError> {
    loop.preconditionOnLoop()
    var writer = HTTPRequestWriter(loop.takeBuffer(), method, target, host: givesHost ? nil : origin.authority)
    fields(&writer)
    let bytes = writer.finish(method, body)
    let isHead = method == "HEAD"
    let pool = pool(of: origin)
    return await withUnsafeContinuation { continuation in
      let request = spareRequests.popLast() ?? PendingRequest()
      request.begin(bytes, isHead: isHead, options, continuation)
      pool.submit(request)
    }
  }

  public func send(
    _ request: HTTPClientRequest, _ options: HTTPSendOptions
  ) async -> Result<HTTPClientResponse, HTTPClientError> {
    await send(
      request.method, request.target, to: request.origin, body: request.body, options,
      givesHost: request.headers.contains(.host)
    ) {
      $0.append(contentsOf: request.headers)
    }
  }

  /// As above, with nothing but a deadline.
  public func send(
    _ request: HTTPClientRequest, deadline: MonotonicTime
  ) async -> Result<HTTPClientResponse, HTTPClientError> {
    await send(request, HTTPSendOptions(deadline: deadline))
  }

  private func pool(of origin: HTTPOrigin) -> OriginPool {
    if let latestPool, latestPool.origin == origin { return latestPool }
    let pool = pools[origin] ?? makePool(origin)
    latestPool = pool
    return pool
  }

  /// Takes back a finished request that nothing refers to any more, and its memory.
  func takeBack(_ request: PendingRequest) {
    loop.giveBack(request.takeBytes())
    // A dial for one request holds it until the dial has ended.
    if spareRequests.count < 64, !request.needsFreshConnection { spareRequests.append(request) }
  }

  private func makePool(_ origin: HTTPOrigin) -> OriginPool {
    let pool = OriginPool(origin, self)
    pools[origin] = pool
    return pool
  }

  /// The pool has no connection left and none in the making.
  func remove(_ pool: OriginPool) {
    if pools[pool.origin] === pool { pools[pool.origin] = nil }
    if latestPool === pool { latestPool = nil }
  }

  /// Closes every connection; requests in flight end as if the server had closed. Call on the loop's thread.
  public func shutdown() {
    loop.preconditionOnLoop()
    let closing = Array(pools.values)
    for pool in closing { pool.shutdown() }
    pools = [:]
    latestPool = nil
    dialer.cancel()
  }
}
