/// The tasks of one loop that respond to requests, each to one request at a time. An idle task waits for the next
/// request, because a new task per request would allocate its memory each time. Used only on its loop.
final class ResponderTasks: @unchecked Sendable {
  /// Maximum number of idle tasks. Further tasks end after their request.
  private static let maximumIdle = 256

  let responder: any HTTPResponder
  private let loop: EventLoop
  private var idle: [UnsafeContinuation<ServerConnection?, Never>] = []
  private var isClosed = false

  init(_ responder: any HTTPResponder, on loop: EventLoop) {
    self.responder = responder
    self.loop = loop
    loop.whenStopped { [weak self] in self?.close() }
  }

  /// Responds to the request of a connection. `finish` of the connection receives the response.
  func answer(_ connection: ServerConnection) {
    if let task = idle.popLast() { return task.resume(returning: connection) }
    Task(executorPreference: loop) { [self] in await run(connection) }
  }

  private func run(_ first: ServerConnection) async {
    var next: ServerConnection? = first
    while let connection = next {
      // The request is released before `finish`, so that the next request of the connection reuses its memory.
      let response = await responder.respond(to: connection.request())
      connection.finish(response)
      guard !isClosed, idle.count < Self.maximumIdle else { return }
      next = await withUnsafeContinuation { idle.append($0) }
    }
  }

  /// Ends the idle tasks at once, and busy tasks after their request.
  func close() {
    isClosed = true
    let ending = idle
    idle = []
    for task in ending { task.resume(returning: nil) }
  }
}
