public import Cryptography
public import NumberAuth
public import Schema

/// What a provider's file says of its wire: compiled once, shared by all accounts of the provider.
public struct DeclarativeDescription: Sendable {
  let operations: [DeclarativeStage: OperationDescription]
  let accountFields: [DeclaredField]
  /// What a team sends beside the token.
  public let inputs: [DeclaredField]
  /// The declared names that an operation mentions.
  public let usedAccountFields: Set<String>
  public let usedInputs: Set<String>

  public func can(_ operation: Operation) -> Bool { operations[DeclarativeStage(operation)] != nil }

  public var canPrepare: Bool { operations[.prepare] != nil }

  /// The hash functions of the steps that a request or an answer can need, whatever an account chooses.
  public var digests: Set<DigestAlgorithm> {
    Set(operations.values.flatMap { operation in operation.needed.compactMap { operation.steps[$0].action.digest } })
  }
}

/// What a file can describe; its words are those of `Stage`.
enum DeclarativeStage: String, Sendable, CaseIterable {
  case prepare, login, verify

  init(_ operation: Operation) { self = operation == .login ? .login : .verify }

  var stage: Stage {
    switch self {
    case .prepare: .prepare
    case .login: .login
    case .verify: .verify
    }
  }
}

/// One operation: steps, the request they lead to, and how its answer is read.
struct OperationDescription: Sendable {
  let stage: DeclarativeStage
  /// The request's steps and behind them the answer's. A step uses earlier ones only.
  let steps: [Step]
  /// Where the answer's steps begin.
  let answerStart: Int
  /// The steps that anything but an unused step uses, in their order.
  let needed: [Int]
  let request: RequestDescription?
  let answer: AnswerDescription?
  /// What the page's SDK is called with; for `prepare` only.
  let parameters: JSONForm?
}

/// One parameter of a query, a form or the headers.
struct Parameter: Sendable {
  let name: String
  let value: Template
  /// Whether it is left out where its value is empty.
  let isOptional: Bool
}

struct RequestDescription: Sendable {
  enum Body: Sendable {
    case none
    case form([Parameter])
    case json(JSONForm)
  }

  let method: String
  let path: Template
  let query: [Parameter]
  let headers: [Parameter]
  let body: Body
}

/// A JSON value with holes.
indirect enum JSONForm: Sendable {
  /// A value that is the same in every request, as JSON.
  case literal(String)
  case text(Template)
  /// A text that is a JSON number.
  case number(Template)
  case array([JSONForm])
  case object([Member])
  /// One of several forms, by a field of the account: a vendor's document may say text here and number there.
  case choice(field: String, of: [(key: String, form: JSONForm)])

  struct Member: Sendable {
    let name: String
    let value: JSONForm
    let isOptional: Bool
  }
}
