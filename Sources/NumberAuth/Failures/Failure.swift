/// A failure in the form of the API, with the vendor's code and message.
public struct Failure: Error, Sendable, Hashable {
  /// Code and message of a vendor, carrier or SDK, verbatim.
  public struct VendorMessage: Sendable, Hashable {
    public let provider: String
    public let code: String
    public let message: String?

    public init(provider: String, code: String, message: String?) {
      self.provider = provider
      self.code = code
      self.message = message
    }
  }

  public var reason: FailureReason
  public var stage: Stage
  /// The carrier whose code was mapped; nil if it is unknown.
  public var carrier: Carrier?
  /// One sentence about this case. Never contains personal data, a token or a key.
  public var detail: String?
  /// nil if the failure does not result from a code.
  public var vendor: VendorMessage?
  /// The vendor's id of the call that failed, if it returned one.
  public var vendorTransaction: String?
  public var billed: Billing
  public var delivery: Delivery
  /// The advice of the table entry, if it differs from the advice of the reason.
  public var adviceOverride: Advice?
  /// The cause, according to the vendor's document.
  public var hint: String?
  /// Seconds from the response until a retry makes sense; nil if unknown.
  public var retryAfterSeconds: Int?
  /// Whether the vendor reported a success without the value that belongs to it, such as the number. The cause can be one
  /// user's token, so it is no sign of the vendor's state.
  public var isIncompleteSuccess = false
  /// Whether the vendor refused a credential of the account.
  public var rejection: CredentialRejection?
  /// For an SDK report: one failure for each carrier's branch that contains a failure code.
  public var branches: [Failure]

  public init(
    _ reason: FailureReason, stage: Stage, carrier: Carrier? = nil, detail: String? = nil, vendor: VendorMessage? = nil,
    billed: Billing = .no, delivery: Delivery = .notSent, adviceOverride: Advice? = nil, hint: String? = nil,
    vendorTransaction: String? = nil,
    retryAfterSeconds: Int? = nil, branches: [Failure] = []
  ) {
    self.reason = reason
    self.stage = stage
    self.carrier = carrier
    self.detail = detail
    self.vendor = vendor
    self.vendorTransaction = vendorTransaction
    self.billed = billed
    self.delivery = delivery
    self.adviceOverride = adviceOverride
    self.hint = hint
    self.retryAfterSeconds = retryAfterSeconds
    self.branches = branches
  }

  /// A failure of the caller's request or of the gateway itself. Nothing was sent to the vendor, nothing is billed.
  public static func gateway(_ reason: FailureReason, _ detail: String? = nil) -> Failure {
    Failure(reason, stage: .gateway, detail: detail)
  }

  /// Runs `body` and adds the vendor's id of the call to its failure.
  public static func naming<Result>(
    _ vendorTransaction: @autoclosure () -> String?, _ body: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    do throws(Failure) {
      return try body()
    } catch {
      var failure = error
      failure.vendorTransaction = failure.vendorTransaction ?? vendorTransaction()
      throw failure
    }
  }

  public var fault: Fault { reason.fault }
  public var advice: Advice { adviceOverride ?? reason.advice }
}
