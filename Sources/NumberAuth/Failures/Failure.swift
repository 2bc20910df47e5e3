/// One failure as a team sees it, with the vendor's own words beside it.
public struct Failure: Error, Sendable, Hashable {
  /// What a vendor, carrier or SDK said, verbatim.
  public struct VendorWords: Sendable, Hashable {
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
  public var carrier: Carrier?
  /// One sentence about this case; never holds personal data, a token or a key.
  public var detail: String?
  public var vendor: VendorWords?
  public var billed: Billing
  public var delivery: Delivery
  /// The table row's own advice, where it differs from the reason's.
  public var adviceOverride: Advice?
  /// What the vendor's document says about the cause.
  public var hint: String?
  /// When a retry makes sense, in seconds from the response; nil if nothing is known about it.
  public var retryAfterSeconds: Int?
  /// The carriers' tree as it came, one failure for each branch that holds a code.
  public var branches: [Failure]

  public init(
    _ reason: FailureReason, stage: Stage, carrier: Carrier? = nil, detail: String? = nil, vendor: VendorWords? = nil,
    billed: Billing = .no, delivery: Delivery = .notSent, adviceOverride: Advice? = nil, hint: String? = nil,
    retryAfterSeconds: Int? = nil, branches: [Failure] = []
  ) {
    self.reason = reason
    self.stage = stage
    self.carrier = carrier
    self.detail = detail
    self.vendor = vendor
    self.billed = billed
    self.delivery = delivery
    self.adviceOverride = adviceOverride
    self.hint = hint
    self.retryAfterSeconds = retryAfterSeconds
    self.branches = branches
  }

  /// A failure of the caller's request or of the gateway itself: nothing was sent, nothing is billed.
  public static func gateway(_ reason: FailureReason, _ detail: String? = nil) -> Failure {
    Failure(reason, stage: .gateway, detail: detail)
  }

  public var fault: Fault { reason.fault }
  public var advice: Advice { adviceOverride ?? reason.advice }
}
