public import Cryptography
public import NumberAuth
public import Schema

/// The wire format that a provider file defines: compiled once, shared by all accounts of the provider.
public struct DeclarativeDescription: Sendable {
  let operations: [DeclarativeStage: OperationDescription]
  /// In the order of the file: the request of a credential can use those before it.
  let credentials: [CredentialDescription]
  let accountFields: [DeclaredField]
  /// The inputs that a team sends in addition to the token.
  public let inputs: [DeclaredField]
  /// The declared account fields that at least one operation uses.
  public let usedAccountFields: Set<String>
  /// The declared inputs that at least one operation uses.
  public let usedInputs: Set<String>

  /// The shared steps that no operation uses.
  public let unusedSharedSteps: Set<String>

  public func can(_ operation: Operation) -> Bool { operations[DeclarativeStage(operation)] != nil }

  public var canPrepare: Bool { operations[.prepare] != nil }

  public var canSign: Bool { operations[.sign] != nil }

  /// The hash functions that the needed steps of any operation use, for any choice of an account.
  public var digests: Set<DigestAlgorithm> {
    Set(
      (operations.values + credentials.map(\.operation)).flatMap { operation in
        operation.needed.compactMap { operation.steps[$0].action.digest }
      })
  }

  /// The names of the declared credentials, in the order of the file.
  public var credentialNames: [String] { credentials.map(\.name) }

  /// The credentials that a call at this stage needs, in the order in which they are fetched.
  public func credentials(neededAt stage: Stage) -> [String] {
    DeclarativeStage(rawValue: stage.rawValue).flatMap { operations[$0] }.map { credentials(of: $0).map(\.name) } ?? []
  }

  /// Those of them that all calls of an account share.
  public func credentials(sharedAt stage: Stage) -> [String] {
    let needed = credentials(neededAt: stage)
    return credentials.filter { !$0.isOfCall && needed.contains($0.name) }.map(\.name)
  }

  /// Whether each call fetches the credential for itself.
  public func isOfCall(_ credential: String) -> Bool { credentials.first { $0.name == credential }?.isOfCall ?? false }

  /// The credentials that the request of a credential needs.
  public func credentials(neededFor credential: String) -> [String] {
    credentials.first { $0.name == credential }.map { credentials(of: $0.operation).map(\.name) } ?? []
  }

  /// The credentials that an operation uses, directly or for the requests of other credentials, in the order in which
  /// they are fetched.
  func credentials(of operation: OperationDescription) -> [CredentialDescription] {
    var used = operation.credentials
    for credential in credentials.reversed() where used.contains(credential.name) {
      used.formUnion(credential.operation.credentials)
    }
    return credentials.filter { used.contains($0.name) }
  }
}

/// A credential that the vendor issues, such as an access token.
struct CredentialDescription: Sendable {
  let name: String
  /// Its request, and the rules for reading the response.
  let operation: OperationDescription
  /// Whether its request contains values of a call, so that each call fetches its own. Otherwise all calls of the
  /// account use the same one until its lifetime ends.
  let isOfCall: Bool
}

/// The requests that a file can describe. The raw values equal those of `Stage`.
enum DeclarativeStage: String, Sendable, CaseIterable {
  case prepare, sign, login, verify, credential

  init(_ operation: Operation) { self = operation == .login ? .login : .verify }

  var stage: Stage {
    switch self {
    case .prepare: .prepare
    case .sign: .sign
    case .login: .login
    case .verify: .verify
    case .credential: .credential
    }
  }
}

/// One operation: its steps, its request and the rules for reading the response.
struct OperationDescription: Sendable {
  let stage: DeclarativeStage
  /// The steps of the request, followed by the steps of `answer`. A step refers only to earlier steps.
  let steps: [Step]
  /// The index of the first step of `answer`.
  let answerStart: Int
  /// The steps that the request, `answer` or the parameters use directly or indirectly. Each step follows the steps
  /// that it uses.
  let needed: [Int]
  /// The names of the credentials that the needed steps, the request, `answer` or the parameters use.
  let credentials: Set<String>
  let request: RequestDescription?
  let answer: AnswerDescription?
  /// The parameters of the page's SDK; only for `prepare`.
  let parameters: JSONForm?
  /// The signature for the page's SDK; only for `sign`.
  let signature: Template?
}

/// One parameter of a query, a form or the headers.
struct Parameter: Sendable {
  let name: String
  let value: Template
  /// Whether the parameter is omitted if its value is empty.
  let isOptional: Bool
}

struct RequestDescription: Sendable {
  enum Body: Sendable {
    case none
    case form([Parameter])
    case json(JSONForm)
    case xml(XMLForm)
    /// Text parts of `multipart/form-data`.
    case multipart([Parameter])
    /// One value, and its Content-Type.
    case raw(Template, contentType: String)
  }

  /// The charset of the body, and of the values that are percent-encoded in the query or a form.
  enum Charset: String, Sendable, CaseIterable {
    case utf8 = "utf-8"
    case gbk
  }

  /// The origin, if it is not the account's endpoint.
  let endpoint: Template?
  let charset: Charset
  let method: String
  let path: Template
  let query: [Parameter]
  let headers: [Parameter]
  let body: Body
}

/// An XML element with templates.
struct XMLForm: Sendable {
  enum Content: Sendable {
    case text(Template)
    case elements([XMLForm])
  }

  let name: String
  let attributes: [Parameter]
  let content: Content
  /// Whether the element is omitted if its text is empty.
  let isOptional: Bool

  var references: [Reference] {
    let own: [Reference] =
      switch content {
      case .text(let template): template.references
      case .elements(let elements): elements.flatMap(\.references)
      }
    return attributes.flatMap(\.value.references) + own
  }
}

/// A JSON value with templates.
indirect enum JSONForm: Sendable {
  /// A constant value, as JSON.
  case literal(String)
  case text(Template)
  /// A text that is a JSON number.
  case number(Template)
  case array([JSONForm])
  case object([Member])
  /// One of several forms, selected by a field of the account: a vendor's document can define a member as text in one
  /// place and as a number in another.
  case choice(field: String, of: [(key: String, alternative: Alternative)])

  /// `isOptional`: the member is omitted if the value is empty.
  struct Alternative: Sendable {
    let form: JSONForm
    let isOptional: Bool
  }

  struct Member: Sendable {
    let name: String
    let value: JSONForm
    let isOptional: Bool
  }
}
