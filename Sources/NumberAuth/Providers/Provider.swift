/// The adapter of one vendor product, for one account. The capability protocols that it conforms to define its
/// operations.
///
/// An adapter is a pure function: it does no I/O, reads no clock and generates no random numbers. The only exception is
/// RSA encryption, whose random padding OpenSSL generates.
public protocol Provider: Sendable {
  /// The meanings of the product's codes, from its file in `providers/`.
  var table: FailureTable { get }
  /// The reason why this account does not support an operation of its product, such as a missing key; nil if it is
  /// supported.
  func unsupportedReason(for operation: Operation) -> AccountFault?
  /// The parts of a call at this stage for which the account needs an RSA private key. Default: none.
  func privateKeyUse(at stage: Stage) -> PrivateKeyUse
}

extension Provider {
  public func unsupportedReason(for operation: Operation) -> AccountFault? { nil }
  public func privateKeyUse(at stage: Stage) -> PrivateKeyUse { [] }
}

/// The parts of a call that sign or decrypt with an RSA private key, or use SM2. With an RSA key of 2048 bits or SM2,
/// such an operation takes several times as long as all other work of the gateway for the call.
public struct PrivateKeyUse: OptionSet, Sendable {
  public let rawValue: UInt8

  public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// Creating the exchange: the adapter's function itself.
  public static let request = PrivateKeyUse(rawValue: 1)
  /// Reading the vendor's response.
  public static let answer = PrivateKeyUse(rawValue: 2)
}

/// Creates the parameters with which a page calls the vendor's SDK.
public protocol ClientPreparing: Provider {
  func prepare(_ call: PrepareClient, _ context: CallContext) throws(Failure) -> Exchange<ClientParameters>
  /// How the parameters of this call can be reused for other sessions; nil if every session needs new ones. Default:
  /// nil.
  func parameterReuse(for call: PrepareClient) -> ParameterReuse?
}

extension ClientPreparing {
  public func parameterReuse(for call: PrepareClient) -> ParameterReuse? { nil }
}

/// Describes reusable parameters for the vendor's SDK.
public struct ParameterReuse: Sendable, Hashable {
  /// The values of the call on which the vendor's response depends. Calls of one account with equal keys can use the
  /// same parameters.
  public let key: String
  /// The time after the vendor's request in which new sessions can use the parameters. Shorter than their lifetime,
  /// because the page uses them later.
  public let validity: Duration

  public init(key: String, validity: Duration) {
    self.key = key
    self.validity = validity
  }
}

/// Signs a text that the vendor's SDK has composed.
public protocol ClientSigning: Provider {
  func sign(_ call: SignClient, _ context: CallContext) throws(Failure) -> Exchange<ClientSignature>
}

/// Exchanges a token for the phone number.
public protocol NumberRetrieving: Provider {
  func login(_ call: Login, _ context: CallContext) throws(Failure) -> Exchange<RetrievedNumber>
}

/// Compares an entered phone number with the number of a token.
public protocol NumberVerifying: Provider {
  func verify(_ call: Verify, _ context: CallContext) throws(Failure) -> Exchange<VerifiedNumber>
}

/// Either the result itself, or a request to the vendor and the pure function that reads the response.
public enum Exchange<Answer: Sendable>: Sendable {
  case answer(Answer)
  case send(VendorRequest, read: @Sendable (VendorResponse) throws(Failure) -> Answer)
  /// A request whose response contains a value for the next request of the same call.
  case sendFirst(VendorRequest, next: @Sendable (VendorResponse) throws(Failure) -> Exchange<Answer>)

  /// The same exchange with another form of its result.
  public func map<Other: Sendable>(_ change: @escaping @Sendable (Answer) -> Other) -> Exchange<Other> {
    switch self {
    case .answer(let answer): .answer(change(answer))
    case .send(let request, let read):
      .send(request) { response throws(Failure) in change(try read(response)) }
    case .sendFirst(let request, let next):
      .sendFirst(request) { response throws(Failure) in try next(response).map(change) }
    }
  }
}

/// A request to the vendor's endpoint. Host and Content-Length are added when the request is sent.
public struct VendorRequest: Sendable, Equatable {
  /// One header field.
  public struct Header: Sendable, Equatable {
    public let name: String
    public let value: String

    public init(_ name: String, _ value: String) {
      self.name = name
      self.value = value
    }
  }

  public let method: String
  /// Path and query, encoded.
  public let target: String
  public let headers: [Header]
  public let body: [UInt8]
  /// The origin, such as `https://auth.example.com`, if it is not the account's endpoint.
  public let endpoint: String?

  public init(
    method: String = "POST", target: String, headers: [Header], body: [UInt8], endpoint: String? = nil
  ) {
    self.endpoint = endpoint
    self.method = method
    self.target = target
    self.headers = headers
    self.body = body
  }
}

/// The vendor's response.
public struct VendorResponse: Sendable {
  public let status: Int
  public let body: [UInt8]
  private let headers: any ResponseHeaders

  public init(status: Int, body: [UInt8], headers: any ResponseHeaders = [:]) {
    self.status = status
    self.body = body
    self.headers = headers
  }

  /// The first field with this name, ignoring case.
  public func header(_ name: String) -> String? { headers.first(name) }
}

/// The header fields of a response. It is a protocol, so that the fields of the HTTP client are not copied.
public protocol ResponseHeaders: Sendable {
  /// The first field with this name, ignoring case.
  func first(_ name: String) -> String?
}

extension [String: String]: ResponseHeaders {
  public func first(_ name: String) -> String? {
    self[name] ?? first { $0.key.lowercased() == name.lowercased() }?.value
  }
}

// Query, headers and body contain tokens, phone numbers and signatures, and are not printed.

extension VendorRequest: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  public var description: String { "\(method) \(target.prefix { $0 != "?" }) (\(body.count) bytes)" }
  public var debugDescription: String { description }
  public var customMirror: Mirror { Mirror(self, children: [:]) }
}

extension VendorRequest.Header: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  public var description: String { "\(name): ******" }
  public var debugDescription: String { description }
  public var customMirror: Mirror { Mirror(self, children: [:]) }
}

extension VendorResponse: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  public var description: String { "HTTP \(status) (\(body.count) bytes)" }
  public var debugDescription: String { description }
  public var customMirror: Mirror { Mirror(self, children: [:]) }
}
