public import Networking
public import NumberAuth

extension HTTPClient {
  /// Sends an adapter's request once.
  public func send(
    _ request: VendorRequest, to origin: HTTPOrigin, _ options: HTTPSendOptions
  ) async -> Result<HTTPClientResponse, HTTPClientError> {
    await send(request.method, request.target, to: origin, body: request.body, options, givesHost: request.givesHost) {
      writer in
      for header in request.headers { writer.append(header.name, header.value) }
    }
  }
}

extension VendorRequest {
  fileprivate var givesHost: Bool {
    headers.contains { $0.name.utf8.count == 4 && $0.name.lowercased() == "host" }
  }
}
