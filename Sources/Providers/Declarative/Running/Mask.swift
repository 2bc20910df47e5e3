import Schema

/// What stands in place of what nobody may see, when a request is shown: a key, a token or a number, and whatever was
/// computed from one. `~` needs no encoding in a query, a form or JSON.
struct Mask: Sendable {
  private let secretFields: Set<String>
  private let secretInputs: Set<String>
  private let privateSteps: [String?]

  init(_ operation: OperationDescription, account: [DeclaredField], inputs: [DeclaredField]) {
    let fields = Set(account.filter(\.isSecret).map(\.name))
    let given = Set(inputs.filter(\.isSecret).map(\.name))
    var steps: [String?] = []
    func isPrivate(_ reference: Reference) -> Bool {
      switch reference {
      case .account(let name): fields.contains(name)
      case .input(let name): given.contains(name)
      case .call(let value): value.isPersonal
      case .step(let index): index < steps.count && steps[index] != nil
      case .request(let part):
        operation.request?.references(of: .part(part)).contains { reference in
          if case .request = reference { false } else { isPrivate(reference) }
        } ?? false
      // What a vendor answers may be a number.
      case .answer, .header: true
      }
    }
    for step in operation.steps {
      steps.append(step.verb.references(in: operation.request).contains(where: isPrivate) ? step.name : nil)
    }
    secretFields = fields
    secretInputs = given
    privateSteps = steps
  }

  func accountField(_ name: String) -> String? { secretFields.contains(name) ? Self.shown(name) : nil }
  func callValue(_ value: CallValue) -> String? { value.isPersonal ? Self.shown(value.rawValue) : nil }
  func input(_ name: String) -> String? { secretInputs.contains(name) ? Self.shown(name) : nil }
  func step(_ index: Int) -> String? { privateSteps[index].map(Self.shown) }

  private static func shown(_ name: String) -> String { "~" + name + "~" }
}

extension Verb {
  /// Everything a step's value is made of, the covered parts of the request included.
  func references(in request: RequestDescription?) -> [Reference] {
    switch self {
    case .time, .nonce: []
    case .text(let template), .upper(let template), .lower(let template), .digest(_, let template, _),
      .encode(let template, _), .decode(let template, _, _), .slice(let template, _, _), .repeated(let template, _),
      .member(let template, _):
      template.references
    case .hmac(_, let template, let key, _): template.references + key.references
    case .rsaSign(_, let template, let key, _), .rsaEncrypt(let template, let key, _),
      .rsaDecrypt(let template, _, let key, _):
      template.references + [.account(key)]
    case .cipher(_, let template, _, let key, let iv, _):
      template.references + key.references + (iv?.references ?? [])
    case .choose(let template, let choices, let otherwise):
      template.references + choices.flatMap(\.value.references) + (otherwise?.references ?? [])
    case .first(let templates): templates.flatMap(\.references)
    case .join(let join):
      if case .written(let parameters) = join.members {
        parameters.flatMap(\.value.references)
      } else {
        request?.references(of: .members(join.members, leaveOut: join.leaveOut)) ?? []
      }
    case .canonicalRequest(let headers, let payload):
      payload.references
        + ([.part(.path), .part(.query)] + headers.map { .header($0) }).flatMap { coverage in
          request?.references(of: coverage) ?? []
        }
    }
  }
}
