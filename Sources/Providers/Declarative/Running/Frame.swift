import JSON
import NumberAuth

/// One call on its way through an operation: what the caller gave, what the steps have come to, and the answer.
struct Frame: Sendable {
  let context: CallContext
  let call: CallInputs
  let operation: BoundOperation
  private var done: [Value?]
  private var query: String?
  private var body: [UInt8]?
  /// The vendor's answer, once there is one.
  var answer: JSONValue?
  var response: VendorResponse?

  init(_ operation: BoundOperation, _ call: CallInputs, _ context: CallContext) {
    self.operation = operation
    self.call = call
    self.context = context
    done = Array(repeating: nil, count: operation.steps.count)
  }

  /// What a step comes to: it is run when something needs it first.
  mutating func step(_ index: Int) throws(Failure) -> Value {
    if let value = done[index] { return value }
    guard let step = operation.steps[index] else {
      throw Failure(.internal, stage: operation.stage, detail: "A step that nothing needed is needed.")
    }
    let value = try step.value(&self)
    if value.size > Value.largest { throw tooLarge("A step") }
    done[index] = value
    return value
  }

  /// The parts of the request are made once, whether a signature covers them or they are only sent.
  mutating func queryText() throws(Failure) -> String {
    if let query { return query }
    let made = try operation.request?.query(&self) ?? ""
    query = made
    return made
  }

  mutating func bodyBytes() throws(Failure) -> [UInt8] {
    if let body { return body }
    let made = try operation.request?.body(&self) ?? []
    body = made
    return made
  }
}

extension Frame {
  /// Something that has grown beyond what any vendor takes: by the file where the request is made, by the vendor where
  /// its answer is read.
  func tooLarge(_ what: String) -> Failure {
    let detail = "\(what) comes to more than \(Value.largest) bytes."
    return answer == nil
      ? Failure(.misconfigured, stage: operation.stage, detail: detail) : protocolError(detail, operation.stage)
  }
}

/// What a team's call brings, as texts.
struct CallInputs: Sendable {
  let channel: Channel
  let operation: Operation
  var token = ""
  var phoneNumber = ""
  var carrier: Carrier?
  var userInformation: String?
  var pageURL: String?
  let extras: CallExtras

  init(_ call: PrepareClient) {
    channel = call.channel
    operation = call.operation
    pageURL = call.pageURL
    extras = call.extras
  }

  init(_ call: Login) {
    channel = call.channel
    operation = .login
    token = call.token.revealed
    carrier = call.carrier
    userInformation = call.userInformation
    extras = call.extras
  }

  init(_ call: Verify) {
    channel = call.channel
    operation = .verify
    token = call.token.revealed
    phoneNumber = call.phoneNumber.digits
    carrier = call.carrier
    userInformation = call.userInformation
    extras = call.extras
  }

  /// Empty where the call does not bring it.
  func text(_ value: CallValue) -> String {
    switch value {
    case .token: token
    case .phoneNumber: phoneNumber
    case .carrier: carrier?.rawValue ?? ""
    case .channel: channel.rawValue
    case .operation: operation.rawValue
    case .userInformation: userInformation ?? ""
    case .clientIp: extras.clientIP ?? ""
    case .pageUrl: pageURL ?? ""
    }
  }
}
