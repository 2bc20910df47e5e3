/// An HTTP/1.1 client on one loop. libcurl opens TCP connections, OpenSSL provides TLS. libcurl is not used for HTTP,
/// because it resends a request when a reused connection turns out to be closed: a vendor's token must never be sent
/// twice.
public final class HTTPClient: @unchecked Sendable {
  let loop: EventLoop
  let options: HTTPClientOptions
  let dialer: Dialer
  private var pools: [PoolKey: OriginPool] = [:]
  /// The pool of the previous request: most requests go to the same origin.
  private var latestPool: OriginPool?
  /// The identities whose connections are kept for later requests; nil: all.
  private var activeIdentities: Set<TLSIdentity>?
  /// Finished requests, which are reused.
  private var spareRequests: [PendingRequest] = []

  private struct PoolKey: Hashable {
    let origin: HTTPOrigin
    let identity: TLSIdentity?
  }

  /// Call on the loop's thread, or before other code uses the loop.
  public init(loop: EventLoop, options: HTTPClientOptions = HTTPClientOptions()) {
    self.loop = loop
    self.options = options
    dialer = Dialer(loop: loop, options: options)
  }

  /// Sends a request once and returns the response or an error. Never sends a request twice and never follows a
  /// redirect. Call from a task on the client's loop.
  ///
  /// - Parameters:
  ///   - target: Path and query, already percent-encoded.
  ///   - givesHost: Whether `fields` appends a `Host` field.
  ///   - fields: Appends all other fields, except `Content-Length`.
  public func send(
    _ method: String, _ target: String, to origin: HTTPOrigin, body: [UInt8], _ options: HTTPSendOptions,
    givesHost: Bool = false, fields: (inout HTTPRequestWriter) -> Void
  ) async -> Result<HTTPClientResponse, HTTPClientError> {
    loop.preconditionOnLoop()
    var writer = HTTPRequestWriter(loop.acquireBuffer(), method, target, host: givesHost ? nil : origin.authority)
    fields(&writer)
    let bytes = writer.finish(method, body)
    let isHead = method == "HEAD"
    let pool = pool(of: origin, options.identity)
    return await withUnsafeContinuation { continuation in
      let request = spareRequests.popLast() ?? PendingRequest()
      request.begin(bytes, isHead: isHead, options, continuation)
      pool.submit(request)
    }
  }

  /// As above, with the method, target, fields and body of `request`.
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

  /// As above, with a deadline and otherwise default options.
  public func send(
    _ request: HTTPClientRequest, deadline: MonotonicTime
  ) async -> Result<HTTPClientResponse, HTTPClientError> {
    await send(request, HTTPSendOptions(deadline: deadline))
  }

  private func pool(of origin: HTTPOrigin, _ identity: TLSIdentity?) -> OriginPool {
    if let latestPool, latestPool.serves(origin, identity) { return latestPool }
    let key = PoolKey(origin: origin, identity: identity)
    let pool = pools[key] ?? makePool(key)
    latestPool = pool
    return pool
  }

  /// Reuses a finished request and its memory. The caller must not use the request afterwards.
  func takeBack(_ request: PendingRequest) {
    loop.releaseBuffer(request.takeBytes())
    // A dial for a single request references the request until the dial has ended.
    if spareRequests.count < 64, !request.needsFreshConnection { spareRequests.append(request) }
  }

  private func makePool(_ key: PoolKey) -> OriginPool {
    let pool = OriginPool(key.origin, key.identity, self)
    pools[key] = pool
    return pool
  }

  /// Closes the idle connections of all other identities. Their requests in flight finish, then their connections are
  /// closed. Connections without an identity are not affected. Call on the loop's thread.
  public func activate(_ identities: Set<TLSIdentity>) {
    loop.preconditionOnLoop()
    activeIdentities = identities
    for pool in Array(pools.values) where !keepsConnections(of: pool.identity) { pool.closeIdle() }
  }

  /// Whether connections of an identity are kept for later requests.
  func keepsConnections(of identity: TLSIdentity?) -> Bool {
    guard let identity, let activeIdentities else { return true }
    return activeIdentities.contains(identity)
  }

  /// Removes a pool without connections, dials and waiting requests.
  func remove(_ pool: OriginPool) {
    let key = PoolKey(origin: pool.origin, identity: pool.identity)
    if pools[key] === pool { pools[key] = nil }
    if latestPool === pool { latestPool = nil }
  }

  /// Closes all connections. Requests in flight fail as if the server had closed the connection. Call on the loop's
  /// thread.
  public func shutdown() {
    loop.preconditionOnLoop()
    let closing = Array(pools.values)
    for pool in closing { pool.shutdown() }
    pools = [:]
    latestPool = nil
    dialer.cancel()
  }
}
