import JSON
import NumberAuth

/// One call on its way through an operation: what the caller gave, what the steps have come to, and the answer.
struct Evaluation: Sendable {
  /// What a call brings. An object, so that the evaluation which waits for the answer is a small copy.
  private final class Brought: Sendable {
    let context: CallContext
    let call: CallInputs

    init(_ call: CallInputs, _ context: CallContext) {
      self.context = context
      self.call = call
    }
  }

  let operation: BoundOperation
  private let brought: Brought
  /// The values of the shared steps.
  private var done: [Value?]
  private var query: String?
  private var body: [UInt8]?
  /// Memory for the messages of signatures and digests.
  private var scratch: [UInt8] = []
  /// The vendor's answer, once there is one.
  var answer: JSONValue?
  var response: VendorResponse?

  init(_ operation: BoundOperation, _ call: CallInputs, _ context: CallContext) {
    self.operation = operation
    brought = Brought(call, context)
    done = operation.noneDone
  }

  var context: CallContext { brought.context }
  var call: CallInputs { brought.call }

  /// The value of a step. A shared one is run when something needs it first, and its value is kept.
  mutating func step(_ index: Int) throws(Failure) -> Value {
    let step = try boundStep(index)
    if let place = step.place, let value = done[place] { return value }
    let value = try step.bound.value(&self)
    if value.size > Value.largest { throw tooLarge("A step") }
    if let place = step.place { done[place] = value }
    return value
  }

  /// Appends the bytes of a step's value.
  mutating func append(step index: Int, to output: inout ByteBuffer) throws(Failure) {
    let step = try boundStep(index)
    guard step.place == nil else { return try Bound.constant(self.step(index)).append(to: &output, &self) }
    let start = output.count
    try step.bound.append(to: &output, &self)
    if output.count - start > Value.largest { throw tooLarge("A step") }
  }

  /// Calls `use` with the bytes of a value, in memory that the next one reuses.
  mutating func withBytes<Result>(of bound: Bound, _ use: ([UInt8]) -> Result) throws(Failure) -> Result {
    // Empty while it is in use: the value may need a digest of its own.
    var output = ByteBuffer(reusing: &scratch)
    try bound.append(to: &output, &self)
    scratch = output.take()
    return use(scratch)
  }

  /// Gives up what only the making of the request needs.
  mutating func requestIsMade() { scratch = [] }

  private func boundStep(_ index: Int) throws(Failure) -> BoundStep {
    guard let step = operation.steps[index] else {
      throw Failure(.internal, stage: operation.stage, detail: "A step that nothing needed is needed.")
    }
    return step
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

extension Evaluation {
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
