import JSON
import NumberAuth

/// The state of one call of an operation: the caller's inputs, the values of steps, and the response.
struct Evaluation: Sendable {
  /// The immutable inputs of a call. A class, so that copies of the evaluation are small.
  private final class Inputs: Sendable {
    let context: CallContext
    let call: CallInputs

    init(_ call: CallInputs, _ context: CallContext) {
      self.context = context
      self.call = call
    }
  }

  let operation: BoundOperation
  private let inputs: Inputs
  /// The values of steps with several users, once evaluated.
  private var cache: [Value?]
  private var query: String?
  private var body: [UInt8]?
  /// Memory for the messages of signatures and digests.
  private var scratch: [UInt8] = []
  /// The body of the vendor's response; nil until it has been received.
  var answer: AnswerBody?
  var response: VendorResponse?
  /// Whether a step has verified a signature that is missing or invalid.
  var hasInvalidSignature = false

  init(_ operation: BoundOperation, _ call: CallInputs, _ context: CallContext) {
    self.operation = operation
    inputs = Inputs(call, context)
    cache = operation.emptyCache
  }

  var context: CallContext { inputs.context }
  var call: CallInputs { inputs.call }

  /// Throws if the call was made without the credential.
  func credential(_ name: String) throws(Failure) -> String {
    guard let value = inputs.context.credentials[name] else {
      throw Failure(
        .internal, stage: operation.stage, detail: "The call was made without the credential '\(name)'.")
    }
    return value.revealed
  }

  /// The value of a step. The value of a step with several users is cached at its first use.
  mutating func step(_ index: Int) throws(Failure) -> Value {
    let step = try boundStep(index)
    if let index = step.cacheIndex, let value = cache[index] { return value }
    let value = try step.bound.value(&self)
    if value.size > Value.maximumSize { throw tooLarge("A step") }
    if let index = step.cacheIndex { cache[index] = value }
    return value
  }

  /// Appends the bytes of a step's value.
  mutating func append(step index: Int, to output: inout ByteBuffer) throws(Failure) {
    let step = try boundStep(index)
    guard step.cacheIndex == nil else { return try Bound.constant(self.step(index)).append(to: &output, &self) }
    let start = output.count
    try step.bound.append(to: &output, &self)
    if output.count - start > Value.maximumSize { throw tooLarge("A step") }
  }

  /// Calls `use` with the bytes of a value, in a reused buffer.
  mutating func withBytes<Result>(of bound: Bound, _ use: ([UInt8]) -> Result) throws(Failure) -> Result {
    // `scratch` is empty during the evaluation: evaluating the value can call this function again.
    var output = ByteBuffer(reusing: &scratch)
    try bound.append(to: &output, &self)
    scratch = output.take()
    return use(scratch)
  }

  /// Frees the memory that is needed only to build the request.
  mutating func releaseScratch() { scratch = [] }

  private func boundStep(_ index: Int) throws(Failure) -> BoundStep {
    guard let step = operation.steps[index] else {
      throw Failure(.internal, stage: operation.stage, detail: "A step that is not bound was evaluated.")
    }
    return step
  }

  /// The query. It is built once, although a signature can cover it.
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
  /// The failure for a value that exceeds the limit: an error of the provider file before the request is sent,
  /// otherwise of the vendor.
  func tooLarge(_ what: String) -> Failure {
    let detail = "\(what) exceeds \(Value.maximumSize) bytes."
    return answer == nil
      ? Failure(.misconfigured, stage: operation.stage, detail: detail) : protocolError(detail, operation.stage)
  }
}

/// The values of a team's call, as texts.
struct CallInputs: Sendable {
  let channel: Channel
  let operation: Operation
  var token = ""
  var phoneNumber = ""
  var e164 = ""
  var carrier: Carrier?
  var userInformation: String?
  var pageURL: String?
  var preSign = ""
  let extras: CallExtras

  /// For a credential that does not depend on a call.
  init() {
    channel = .app
    operation = .login
    extras = CallExtras()
  }

  init(_ call: SignClient) {
    self.init()
    preSign = call.preSign
  }

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
    phoneNumber = call.phoneNumber.text
    e164 = call.phoneNumber.e164
    carrier = call.carrier
    userInformation = call.userInformation
    extras = call.extras
  }

  /// Empty if the call does not have the value.
  func text(_ value: CallValue) -> String {
    switch value {
    case .token: token
    case .phoneNumber: phoneNumber
    case .e164: e164
    case .carrier: carrier?.rawValue ?? ""
    case .channel: channel.rawValue
    case .operation: operation.rawValue
    case .userInformation: userInformation ?? ""
    case .clientIp: extras.clientIP ?? ""
    case .pageUrl: pageURL ?? ""
    case .preSign: preSign
    }
  }
}
