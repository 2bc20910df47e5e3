/// The tasks of one loop that answer requests, one request at a time each. An idle task waits for the next request: a
/// new task for each request would allocate its memory anew. Lives on its loop.
final class ResponderTasks: @unchecked Sendable {
  /// How many tasks may be idle; the others end with their request.
  private static let mostIdle = 256

  let responder: any HTTPResponder
  private let loop: EventLoop
  private var idle: [UnsafeContinuation<ServerConnection?, Never>] = []
  private var isClosed = false

  init(_ responder: any HTTPResponder, on loop: EventLoop) {
    self.responder = responder
    self.loop = loop
    loop.whenStopped { [weak self] in self?.close() }
  }

  /// Answers the request of a connection, which gets the response by `finish`.
  func answer(_ connection: ServerConnection) {
    if let task = idle.popLast() { return task.resume(returning: connection) }
    Task(executorPreference: loop) { [self] in await run(connection) }
  }

  private func run(_ first: ServerConnection) async {
    var next: ServerConnection? = first
    while let connection = next {
      // The request is released before the connection goes on: its next request reuses the memory.
      let response = await responder.respond(to: connection.request())
      connection.finish(response)
      guard !isClosed, idle.count < Self.mostIdle else { return }
      next = await withUnsafeContinuation { idle.append($0) }
    }
  }

  /// Ends the idle tasks, and the others with their request.
  func close() {
    isClosed = true
    let ending = idle
    idle = []
    for task in ending { task.resume(returning: nil) }
  }
}
