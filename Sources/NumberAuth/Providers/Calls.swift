public import JSON

/// What an adapter needs besides the call: it may neither read a clock, nor generate random numbers, nor fetch
/// credentials.
public struct CallContext: Sendable {
  public let now: WallTime
  /// 32 lower-case hexadecimal digits, new for each call. Used as message ID and nonce in requests to the vendor.
  public let nonce: String
  /// The account's current credentials, by name. See `CredentialUsing`.
  public var credentials: [String: Secret]

  public init(now: WallTime, nonce: String, credentials: [String: Secret] = [:]) {
    self.now = now
    self.nonce = nonce
    self.credentials = credentials
  }
}

/// Values that only some vendors require in addition to the token.
public struct CallExtras: Sendable {
  /// The user's IP address, as seen by the team's server.
  public let clientIP: String?
  /// Values that the SDK returned with the token, by the names that the provider file declares.
  public let inputs: [String: Secret]

  public init(clientIP: String? = nil, inputs: [String: Secret] = [:]) {
    self.clientIP = clientIP
    self.inputs = inputs
  }
}

/// The request for the parameters of the front end's SDK.
public struct PrepareClient: Sendable {
  public let operation: Operation
  public let channel: Channel
  /// The page that calls the SDK, for vendors that bind their tokens to it.
  public let pageURL: String?
  /// The page's options for the vendor's authorisation page, from the app's configuration.
  public let pageOptions: PageOptions?
  public let extras: CallExtras

  public init(
    operation: Operation, channel: Channel, pageURL: String? = nil, pageOptions: PageOptions? = nil,
    extras: CallExtras = CallExtras()
  ) {
    self.operation = operation
    self.channel = channel
    self.pageURL = pageURL
    self.pageOptions = pageOptions
    self.extras = extras
  }
}

/// The type of the vendor's authorisation page, and its options if the type has any.
public struct PageOptions: Sendable, Equatable {
  /// The vendor's number of the page type, such as China Mobile's authPageType.
  public let type: String
  /// The options object for the SDK, as JSON.
  public let options: JSONFragment?

  public init(type: String, options: JSONFragment?) {
    self.type = type
    self.options = options
  }
}

/// The request for a signature that the SDK needs, made with the account's key.
public struct SignClient: Sendable {
  /// The text to sign, as the SDK returned it.
  public let preSign: String

  public init(preSign: String) { self.preSign = preSign }
}

/// The request to exchange a token for the phone number.
public struct Login: Sendable {
  public let channel: Channel
  public let token: Secret
  /// The SDK's fingerprint of the browser, byte for byte as the SDK returned it.
  public let userInformation: String?
  public let carrier: Carrier?
  public let extras: CallExtras

  public init(
    channel: Channel, token: Secret, userInformation: String? = nil, carrier: Carrier? = nil,
    extras: CallExtras = CallExtras()
  ) {
    self.channel = channel
    self.token = token
    self.userInformation = userInformation
    self.carrier = carrier
    self.extras = extras
  }
}

/// The request to compare an entered phone number with the number of a token.
public struct Verify: Sendable {
  public let channel: Channel
  public let token: Secret
  public let phoneNumber: PhoneNumber
  /// The SDK's fingerprint of the browser, byte for byte as the SDK returned it.
  public let userInformation: String?
  public let carrier: Carrier?
  public let extras: CallExtras

  public init(
    channel: Channel, token: Secret, phoneNumber: PhoneNumber, userInformation: String? = nil, carrier: Carrier? = nil,
    extras: CallExtras = CallExtras()
  ) {
    self.channel = channel
    self.token = token
    self.phoneNumber = phoneNumber
    self.userInformation = userInformation
    self.carrier = carrier
    self.extras = extras
  }
}

/// The parameters for the vendor's SDK.
public struct ClientParameters: Sendable, Equatable {
  /// The arguments of the SDK's entry point, as JSON.
  public let parameters: JSONFragment
  /// The options of the vendor's authorisation page, as JSON; nil for the vendor's standard page.
  public let authPage: JSONFragment?

  public init(parameters: JSONFragment, authPage: JSONFragment? = nil) {
    self.parameters = parameters
    self.authPage = authPage
  }
}

/// A signature for the SDK.
public struct ClientSignature: Sendable, Equatable {
  public let sign: Secret

  public init(sign: Secret) { self.sign = sign }
}

/// The result of a login: the phone number of a token.
public struct RetrievedNumber: Sendable, Equatable {
  public let phoneNumber: PhoneNumber
  /// The user's carrier, if the vendor reports it.
  public let carrier: Carrier?
  /// The vendor's transaction ID, for reconciliation.
  public let vendorTransaction: String?
  public let billed: Billing

  public init(phoneNumber: PhoneNumber, carrier: Carrier? = nil, vendorTransaction: String?, billed: Billing) {
    self.phoneNumber = phoneNumber
    self.carrier = carrier
    self.vendorTransaction = vendorTransaction
    self.billed = billed
  }
}

/// The result of a verification.
public struct VerifiedNumber: Sendable, Equatable {
  public let verdict: Verdict
  /// China Mobile's accessToken for SMS assistance (短验辅助) after a mismatch.
  public let smsAssistToken: Secret?
  /// The vendor's transaction ID, for reconciliation.
  public let vendorTransaction: String?
  public let billed: Billing

  public init(verdict: Verdict, smsAssistToken: Secret? = nil, vendorTransaction: String?, billed: Billing) {
    self.verdict = verdict
    self.smsAssistToken = smsAssistToken
    self.vendorTransaction = vendorTransaction
    self.billed = billed
  }
}
