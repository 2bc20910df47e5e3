import Schema

/// Placeholders for private values in a displayed request: for keys, tokens and phone numbers, and for values computed
/// from them. The delimiter `~` needs no encoding in a query, a form or JSON.
struct Mask: Sendable {
  private let secretFields: Set<String>
  private let secretInputs: Set<String>
  private let privateSteps: [String?]
  private let privateParts: Set<RequestPart>

  init(_ operation: OperationDescription, account: [DeclaredField], inputs: [DeclaredField]) {
    let fields = Set(account.filter(\.isSecret).map(\.name))
    let given = Set(inputs.filter(\.isSecret).map(\.name))
    var steps = [String?](repeating: nil, count: operation.steps.count)
    func isPrivate(_ reference: Reference) -> Bool {
      switch reference {
      case .account(let name): fields.contains(name)
      case .input(let name): given.contains(name)
      case .call(let value): value.isPersonal
      case .step(let index): steps[index] != nil
      case .request(let part):
        // The references of nested parts are already in the list.
        operation.request?.references(of: .part(part)).references.contains { reference in
          if case .request = reference { false } else { isPrivate(reference) }
        } ?? false
      // Any value of the response can be a phone number.
      case .credential, .answer, .header: true
      }
    }
    // A step can cover a part of the request that contains later steps, so one pass is not enough.
    var isSettled = false
    while !isSettled {
      isSettled = true
      for (index, step) in operation.steps.enumerated() where steps[index] == nil {
        guard step.action.references(in: operation.request).contains(where: isPrivate) else { continue }
        steps[index] = step.name
        isSettled = false
      }
    }
    secretFields = fields
    secretInputs = given
    privateSteps = steps
    privateParts = Set(RequestPart.allCases.filter { isPrivate(.request($0)) })
  }

  func accountField(_ name: String) -> String? { secretFields.contains(name) ? Self.shown(name) : nil }
  func callValue(_ value: CallValue) -> String? { value.isPersonal ? Self.shown(value.rawValue) : nil }
  func input(_ name: String) -> String? { secretInputs.contains(name) ? Self.shown(name) : nil }
  func credential(_ name: String) -> String? { Self.shown(name) }
  func step(_ index: Int) -> String? { privateSteps[index].map(Self.shown) }

  /// The name that is shown instead of a private value; nil if the value of the reference is not private.
  func shown(_ reference: Reference) -> String? {
    switch reference {
    case .account(let name): accountField(name)
    case .call(let value): callValue(value)
    case .input(let name): input(name)
    case .step(let index): step(index)
    case .request(let part): privateParts.contains(part) ? Self.shown(part.rawValue) : nil
    case .credential(let name): credential(name)
    case .answer, .header: Self.shown("answer")
    }
  }

  private static func shown(_ name: String) -> String { "~" + name + "~" }
}

extension StepAction {
  /// All references on which the step's value depends, including those in covered parts of the request.
  func references(in request: RequestDescription?) -> [Reference] {
    var covered: [OperationReader.Coverage] = []
    var found = operands.flatMap(\.references)
    if let keyField { found.append(.account(keyField)) }
    switch self {
    case .join(let join): covered = [.members(join.members, leaveOut: join.leaveOut)]
    case .canonicalRequest(let headers, _): covered = [.part(.path), .part(.query)] + headers.map { .header($0) }
    default: break
    }
    for coverage in covered { found += request?.references(of: coverage).references ?? [] }
    return found
  }
}
