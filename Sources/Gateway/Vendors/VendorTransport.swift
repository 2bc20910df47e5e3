import Configuration
public import Networking
public import NumberAuth

/// Carries a request to a vendor and its answer back, once. The network's is `NetworkTransport`; tests bring answers
/// from memory.
public protocol VendorTransport: Sendable {
  func send(
    _ request: VendorRequest, to origin: HTTPOrigin, _ options: HTTPSendOptions
  ) async -> Result<HTTPClientResponse, HTTPClientError>
}

/// The loop's own HTTP client.
struct NetworkTransport: VendorTransport {
  let client: HTTPClient

  func send(
    _ request: VendorRequest, to origin: HTTPOrigin, _ options: HTTPSendOptions
  ) async -> Result<HTTPClientResponse, HTTPClientError> {
    await client.send(request, to: origin, options)
  }
}
