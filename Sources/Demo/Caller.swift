import JSON
import Networking

/// A client of one HTTP API with JSON requests and responses.
struct Caller: Sendable {
  struct Answer: Sendable {
    let status: Int
    let body: JSONValue
    let bytes: [UInt8]
    let headers: HTTPFields
    let start: MonotonicTime

    var reason: String? { body["reason"]?.string }
  }

  let client: HTTPClient
  let origin: HTTPOrigin

  func post(
    _ path: String, key: String? = nil, idempotencyKey: String? = nil, _ body: (inout JSONWriter) -> Void
  ) async throws(DemoError) -> Answer {
    var writer = JSONWriter()
    writer.object(body)
    var headers = HTTPFields(["Content-Type": "application/json"])
    if let key { headers.append("Authorization", "Bearer " + key) }
    if let idempotencyKey { headers.append("Idempotency-Key", "\"" + idempotencyKey + "\"") }
    let start = MonotonicTime.now
    let result = await client.send(
      HTTPClientRequest(method: "POST", origin: origin, target: path, headers: headers, body: writer.bytes),
      deadline: start.advanced(by: .seconds(20)))
    switch result {
    case .success(let response):
      guard let body = try? JSONValue.parse(response.body) else {
        throw DemoError(message: "\(path): HTTP \(response.status), and the body is not JSON")
      }
      return Answer(status: response.status, body: body, bytes: response.body, headers: response.headers, start: start)
    case .failure(let error):
      throw DemoError(message: "no response from \(origin): \(error)")
    }
  }
}
