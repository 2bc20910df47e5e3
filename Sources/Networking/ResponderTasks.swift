/// The tasks of one loop that answer requests, one request at a time each. An idle task waits for the next request: a
/// new task for each request would allocate its memory anew. Lives on its loop.
final class ResponderTasks: @unchecked Sendable {
  private struct Work {
    let request: HTTPRequest
    let connection: ServerConnection
  }

  /// How many tasks may be idle; the others end with their request.
  private static let mostIdle = 256

  let responder: any HTTPResponder
  private let loop: EventLoop
  private var idle: [UnsafeContinuation<Work?, Never>] = []
  private var isClosed = false

  init(_ responder: any HTTPResponder, on loop: EventLoop) {
    self.responder = responder
    self.loop = loop
    loop.whenStopped { [weak self] in self?.close() }
  }

  /// Answers the request of a connection, which gets the response by `finish`.
  func answer(_ request: HTTPRequest, from connection: ServerConnection) {
    let work = Work(request: request, connection: connection)
    if let task = idle.popLast() { return task.resume(returning: work) }
    Task(executorPreference: loop) { [self] in await run(work) }
  }

  private func run(_ first: Work) async {
    var work: Work? = first
    while let connection = work?.connection {
      guard let response = await answer(work) else { return }
      // The connection's next request reuses the memory of this one.
      work = nil
      connection.finish(response)
      guard !isClosed, idle.count < Self.mostIdle else { return }
      work = await withUnsafeContinuation { idle.append($0) }
    }
  }

  private func answer(_ work: Work?) async -> HTTPResponse? {
    guard let work else { return nil }
    return await responder.respond(to: work.request)
  }

  /// Ends the idle tasks, and the others with their request.
  func close() {
    isClosed = true
    let ending = idle
    idle = []
    for task in ending { task.resume(returning: nil) }
  }
}
