/// The connections from one loop to one origin with one identity. A request uses an idle connection. Otherwise the pool dials a
/// new one and the request waits: the first connection that becomes available serves the request that has waited
/// longest.
///
/// The pool does not limit the number of connections. The caller limits the requests in flight.
final class OriginPool {
  let origin: HTTPOrigin
  let identity: TLSIdentity?
  /// A strong reference: a client that is released without `shutdown` exists until its last connection is closed.
  private let client: HTTPClient
  /// All open connections. `ClientConnection.index` is the position of a connection.
  private var connections: [ClientConnection] = []
  /// Idle connections. The most recently used one is last and is used first, so that surplus connections time out.
  private var idle: [ClientConnection] = []
  /// Requests that wait for a connection. At least as many dials are in flight.
  private var waiting = IndexedQueue<PendingRequest>()
  private var dialing = 0

  init(_ origin: HTTPOrigin, _ identity: TLSIdentity?, _ client: HTTPClient) {
    self.origin = origin
    self.identity = identity
    self.client = client
  }

  /// Whether this is the pool of an origin and an identity.
  func serves(_ origin: HTTPOrigin, _ identity: TLSIdentity?) -> Bool {
    (identity === self.identity || (identity != nil && identity == self.identity)) && origin == self.origin
  }

  func submit(_ request: PendingRequest) {
    if request.needsFreshConnection {
      request.expires(on: client.loop) { request.finish(.failure(.notSentInTime)) }
      dial { [weak self] result in
        guard let self else { return }
        switch result {
        case .success(let connection): serve(connection, first: request)
        case .failure(let error): request.finish(.failure(error))
        }
      }
      return
    }
    while let connection = idle.popLast() {
      connection.idleIndex = nil
      if connection.isRetired(at: client.loop.now) {
        connection.close()
        continue
      }
      connection.send(request)
      return
    }
    let place = waiting.append(request)
    request.expires(on: client.loop) { [weak self] in
      guard let self, let request = waiting.remove(place) else { return }
      request.finish(.failure(.notSentInTime))
      leaveIfEmpty()
    }
    dial { [weak self] result in
      guard let self else { return }
      switch result {
      case .success(let connection): serve(connection)
      case .failure(let error): waiting.popFirst()?.finish(.failure(error))
      }
    }
  }

  private func dial(_ completion: @escaping (Result<ClientConnection, HTTPClientError>) -> Void) {
    dialing += 1
    client.dialer.dial(origin, identity) { [weak self] result in
      guard let self else { return }
      dialing -= 1
      switch result {
      case .success(let transport):
        do throws(SystemError) {
          let connection = try ClientConnection(transport, client: client, pool: self)
          connection.index = connections.count
          connections.append(connection)
          completion(.success(connection))
        } catch {
          completion(.failure(.notConnected("epoll")))
        }
      case .failure(let error):
        completion(.failure(error))
      }
      leaveIfEmpty()
    }
  }

  private func serve(_ connection: ClientConnection, first: PendingRequest? = nil) {
    while let request = first.flatMap({ $0.isFinished ? nil : $0 }) ?? waiting.popFirst() {
      if client.loop.now <= request.latestStart { return connection.send(request) }
      request.finish(.failure(.notSentInTime))
    }
    if client.keepsConnections(of: identity), connection.becomesIdle() {
      connection.idleIndex = idle.count
      idle.append(connection)
    } else {
      connection.close()
    }
  }

  /// Called when a connection has finished its request and can be reused.
  func returned(_ connection: ClientConnection) { serve(connection) }

  /// Called when a connection has been closed.
  func lost(_ connection: ClientConnection) {
    if let index = connection.idleIndex {
      connection.idleIndex = nil
      let last = idle.removeLast()
      if last !== connection {
        idle[index] = last
        last.idleIndex = index
      }
    }
    let last = connections.removeLast()
    if last !== connection {
      connections[connection.index] = last
      last.index = connection.index
    }
    leaveIfEmpty()
  }

  /// Removes this pool from the client if it has no connections, dials and waiting requests.
  private func leaveIfEmpty() {
    if connections.isEmpty, dialing == 0, waiting.isEmpty { client.remove(self) }
  }

  func closeIdle() {
    // Closing removes a connection from the list.
    for connection in Array(idle) { connection.close() }
  }

  func shutdown() {
    while let request = waiting.popFirst() { request.finish(.failure(.notConnected("shut down"))) }
    for connection in connections { connection.close() }
  }
}
