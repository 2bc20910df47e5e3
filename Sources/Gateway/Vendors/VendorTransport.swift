import Configuration
public import Networking
public import NumberAuth

/// Sends one request to a vendor and returns its response. `NetworkTransport` uses the network; tests use responses
/// from memory.
public protocol VendorTransport: Sendable {
  func send(
    _ request: VendorRequest, to origin: HTTPOrigin, _ options: HTTPSendOptions
  ) async -> Result<HTTPClientResponse, HTTPClientError>

  /// Closes the connections of all other identities. Called on the loop, after a reload.
  func activate(_ identities: Set<TLSIdentity>)
}

extension VendorTransport {
  /// Does nothing: a transport without connections.
  public func activate(_ identities: Set<TLSIdentity>) {}
}

/// Uses the HTTP client of the loop.
struct NetworkTransport: VendorTransport {
  let client: HTTPClient

  func send(
    _ request: VendorRequest, to origin: HTTPOrigin, _ options: HTTPSendOptions
  ) async -> Result<HTTPClientResponse, HTTPClientError> {
    await client.send(request, to: origin, options)
  }

  func activate(_ identities: Set<TLSIdentity>) { client.activate(identities) }
}
