/// One vendor product, bound to one account. What it can do is said by the capability protocols it conforms to.
///
/// An adapter is a pure function: it does no I/O, reads no clock and draws no random number. (RSA encryption is the
/// one exception the wire forces: its padding is random, and OpenSSL draws it.)
public protocol Provider: Sendable {
  /// What the product is and what its codes mean, from its file under `providers/`.
  var table: FailureTable { get }
  /// Why this account cannot do an operation that its product can, such as a key that only this operation needs; nil
  /// where it can.
  func unsupportedReason(to operation: Operation) -> AccountFault?
  /// Where this account needs an RSA private key at this stage. Default: nowhere.
  func privateKeyUse(at stage: Stage) -> PrivateKeyUse
}

extension Provider {
  public func unsupportedReason(to operation: Operation) -> AccountFault? { nil }
  public func privateKeyUse(at stage: Stage) -> PrivateKeyUse { [] }
}

/// The parts of a call that sign or decrypt with an RSA private key. With 2048 bits that takes several times as long as
/// everything else a call needs.
public struct PrivateKeyUse: OptionSet, Sendable {
  public let rawValue: UInt8

  public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// Making the exchange: the adapter's function itself.
  public static let request = PrivateKeyUse(rawValue: 1)
  /// Reading the vendor's answer.
  public static let answer = PrivateKeyUse(rawValue: 2)
}

/// Can make the parameters with which a page calls the vendor's SDK.
public protocol ClientPreparing: Provider {
  func prepare(_ call: PrepareClient, _ context: CallContext) throws(Failure) -> Exchange<ClientParameters>
}

/// Can sign a text that the vendor's SDK composed.
public protocol ClientSigning: Provider {
  func sign(_ call: SignClient, _ context: CallContext) throws(Failure) -> Exchange<ClientSignature>
}

/// Can trade a token for the number.
public protocol NumberRetrieving: Provider {
  func login(_ call: Login, _ context: CallContext) throws(Failure) -> Exchange<RetrievedNumber>
}

/// Can compare a typed number with the token's.
public protocol NumberVerifying: Provider {
  func verify(_ call: Verify, _ context: CallContext) throws(Failure) -> Exchange<VerifiedNumber>
}

/// Either the answer itself, or the one vendor request that gets it and the pure function that reads it.
public enum Exchange<Answer: Sendable>: Sendable {
  case answer(Answer)
  case send(VendorRequest, read: @Sendable (VendorResponse) throws(Failure) -> Answer)
}

/// A request to the vendor's endpoint. Host and Content-Length are added when it is sent.
public struct VendorRequest: Sendable, Equatable {
  public struct Header: Sendable, Equatable {
    public let name: String
    public let value: String

    public init(_ name: String, _ value: String) {
      self.name = name
      self.value = value
    }
  }

  public let method: String
  /// Path and query as they go over the wire.
  public let target: String
  public let headers: [Header]
  public let body: [UInt8]

  public init(method: String = "POST", target: String, headers: [Header], body: [UInt8]) {
    self.method = method
    self.target = target
    self.headers = headers
    self.body = body
  }
}

/// What the vendor answered.
public struct VendorResponse: Sendable {
  public let status: Int
  public let body: [UInt8]
  private let headers: any ResponseHeaders

  public init(status: Int, body: [UInt8], headers: any ResponseHeaders = [:]) {
    self.status = status
    self.body = body
    self.headers = headers
  }

  /// The first field of this name, whatever its case.
  public func header(_ name: String) -> String? { headers.first(name) }
}

/// The header fields of a response. A protocol, so that the transport's own form is read without a copy.
public protocol ResponseHeaders: Sendable {
  /// The first field of this name, whatever its case.
  func first(_ name: String) -> String?
}

extension [String: String]: ResponseHeaders {
  public func first(_ name: String) -> String? {
    self[name] ?? first { $0.key.lowercased() == name.lowercased() }?.value
  }
}

// Query, headers and body hold tokens, numbers and signatures: none of them prints.

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
