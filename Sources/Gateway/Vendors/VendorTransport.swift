import Configuration
public import Networking
public import NumberAuth

/// Sends one request to a vendor and returns its response. `NetworkTransport` uses the network; tests use responses
/// from memory.
public protocol VendorTransport: Sendable {
  func send(
    _ request: VendorRequest, to origin: HTTPOrigin, _ options: HTTPSendOptions
  ) async -> Result<HTTPClientResponse, HTTPClientError>
}

/// Uses the HTTP client of the loop.
struct NetworkTransport: VendorTransport {
  let client: HTTPClient

  func send(
    _ request: VendorRequest, to origin: HTTPOrigin, _ options: HTTPSendOptions
  ) async -> Result<HTTPClientResponse, HTTPClientError> {
    await client.send(request, to: origin, options)
  }
}
